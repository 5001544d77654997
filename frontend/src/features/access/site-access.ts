import { create } from "zustand";
import { getAccess, signIn, signOut } from "../../api/access";
import { signInNeeded } from "../../api/client";
import { type Problem, problemOf } from "../../api/problem";
import type { AccessState } from "../../api/types";

/** The page is not held up longer than this by the question whether it has to ask for a password. */
const PATIENCE_MS = 400;

interface SiteAccess {
  /** What the server wants; null while that is not known. */
  wanted: AccessState | null;
  /** Whether the page may be shown without knowing. */
  late: boolean;
  busy: boolean;
  problem: Problem | null;
  signIn: (password: string) => Promise<void>;
  signOut: () => Promise<void>;
}

export const useSiteAccess = create<SiteAccess>((set) => ({
  wanted: null,
  late: false,
  busy: false,
  problem: null,
  signIn: async (password) => {
    set({ busy: true, problem: null });
    try {
      set({ wanted: await signIn(password) });
    } catch (error) {
      set({ problem: problemOf(error) });
    } finally {
      set({ busy: false });
    }
  },
  signOut: async () => {
    try {
      await signOut();
      location.reload(); // Nothing of what was on show stays.
    } catch (error) {
      set({ problem: problemOf(error) });
    }
  },
}));

async function ask(): Promise<void> {
  try {
    useSiteAccess.setState({ wanted: await getAccess() });
  } catch {
    // The server is away, which the page says by itself; whatever it answers later tells whether to sign in.
    useSiteAccess.setState({ late: true });
  }
}

/** Asks what the server wants, and again whenever it refuses something until somebody signs in. */
export function startSiteAccess(): void {
  void ask();
  setTimeout(() => useSiteAccess.setState({ late: true }), PATIENCE_MS);
  signInNeeded.addEventListener("needed", () => {
    const { wanted } = useSiteAccess.getState();
    if (!wanted || wanted.signed_in) void ask();
  });
}

export type Gate = "open" | "closed" | "unknown";

export function gateOf({ wanted, late }: Pick<SiteAccess, "wanted" | "late">): Gate {
  if (wanted) return wanted.password_needed && !wanted.signed_in ? "closed" : "open";
  return late ? "open" : "unknown";
}

export const useGate = (): Gate => useSiteAccess(gateOf);
