import { useEffect, useState } from "react";
import { pinRecording } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { useNotice } from "../../app/notice";
import { useSystem } from "../../app/system";
import { useWords } from "../../i18n/language";

/** Keeps a recording on a server that removes old ones; elsewhere there is nothing to keep it from. */
export function PinButton({ recording }: { recording: Recording }) {
  const { recordings } = useWords();
  const system = useSystem((state) => state.system);
  const load = useSystem((state) => state.load);
  const [busy, setBusy] = useState(false);
  useEffect(() => void load(), [load]);
  if (!system || (system.keep_days === null && system.keep_bytes === null)) return null;
  const change = async () => {
    setBusy(true);
    try {
      await pinRecording(recording.id, !recording.pinned);
    } catch (error) {
      useNotice.getState().show(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      className="btn"
      aria-pressed={recording.pinned}
      disabled={busy}
      title={recordings.pinWhy}
      onClick={() => void change()}
    >
      {recording.pinned ? recordings.pinned : recordings.pin}
    </button>
  );
}
