import { create } from "zustand";
import { SCALE_NAMES, type ScaleName } from "../features/timeline/colour";

const KEY = "sonotag.colours";

interface SettingsState {
  /** The colours of scores. */
  scale: ScaleName;
  setScale: (scale: ScaleName) => void;
}

function kept(): ScaleName {
  const value = localStorage.getItem(KEY);
  return SCALE_NAMES.find((name) => name === value) ?? "cividis";
}

/** What the reader set once and for all; it stays on this device. */
export const useSettings = create<SettingsState>((set) => ({
  scale: kept(),
  setScale: (scale) => {
    localStorage.setItem(KEY, scale);
    set({ scale });
  },
}));
