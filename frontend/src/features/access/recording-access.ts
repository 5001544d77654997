import { create } from "zustand";
import { getRecordingAccess } from "../../api/access";
import type { Problem } from "../../api/problem";
import type { RecordingAccess } from "../../api/types";
import { words } from "../../i18n/language";

const SHARE_PREFIX = "s-";

/** Whether the address names a share link rather than the recording itself. */
export const isShareLink = (id: string): boolean => id.startsWith(SHARE_PREFIX);

/** Until the server has told: whoever opens a recording is mostly its owner, and a share link shows what it is. */
function assumed(id: string): RecordingAccess {
  return isShareLink(id) ? { owner: false, read_only: true } : { owner: true, read_only: false };
}

interface KnownAccess {
  id: string;
  access: RecordingAccess;
}

/** Of the recording that was opened last. */
const useKnown = create<{ known: KnownAccess | null }>(() => ({ known: null }));

/** Asks the server what this browser may do with the recording. */
export async function loadRecordingAccess(id: string): Promise<void> {
  if (isShareLink(id)) return;
  try {
    useKnown.setState({ known: { id, access: await getRecordingAccess(id) } });
  } catch {
    // That the recording or the server is away is told where it is shown; it is asked again with the next one.
  }
}

export function recordingAccess(id: string): RecordingAccess {
  const { known } = useKnown.getState();
  return known?.id === id ? known.access : assumed(id);
}

export function useRecordingAccess(id: string): RecordingAccess {
  const known = useKnown((state) => state.known);
  return known?.id === id ? known.access : assumed(id);
}

/** Why nothing is there any more. */
export function goneProblem(id: string): Problem {
  const { access } = words();
  if (isShareLink(id)) return { code: "gone", message: access.linkGone, hint: access.linkGoneHint };
  return { code: "gone", message: access.recordingGone, hint: access.recordingGoneHint };
}
