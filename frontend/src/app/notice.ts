import { create } from "zustand";
import type { Problem } from "../api/problem";

interface NoticeState {
  problem: Problem | null;
  show: (problem: Problem) => void;
  dismiss: () => void;
}

/** The last thing that went wrong with an action that has no better place on the page. */
export const useNotice = create<NoticeState>((set) => ({
  problem: null,
  show: (problem) => set({ problem }),
  dismiss: () => set({ problem: null }),
}));
