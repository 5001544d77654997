import { create } from "zustand";
import { getSystem } from "../api/client";
import type { System } from "../api/types";

interface SystemState {
  system: System | null;
  /** Asks once; a page that does not know works all the same, and asks again when it is next wanted. */
  load: () => Promise<void>;
}

let asking = false;

/** What the server is and what it can fetch links with. */
export const useSystem = create<SystemState>((set, get) => ({
  system: null,
  load: async () => {
    if (asking || get().system) return;
    asking = true;
    try {
      set({ system: await getSystem() });
    } catch {
      // That the server is away is said elsewhere; what it fetches links with is nobody's worry then.
    } finally {
      asking = false;
    }
  },
}));
