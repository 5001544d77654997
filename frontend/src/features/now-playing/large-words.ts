import { create } from "zustand";

/** Whether the large words cover the page. */
export const useLargeWords = create<{ open: boolean; toggle: () => void; close: () => void }>((set) => ({
  open: false,
  toggle: () => set(({ open }) => ({ open: !open })),
  close: () => set({ open: false }),
}));
