import { create } from "zustand";

interface ListsDialogState {
  open: boolean;
  show: () => void;
  hide: () => void;
}

/** Whether the lists of sounds are on show. */
export const useListsDialog = create<ListsDialogState>((set) => ({
  open: false,
  show: () => set({ open: true }),
  hide: () => set({ open: false }),
}));
