import { create } from "zustand";

export type Theme = "dark" | "light";

const KEY = "sonotag.theme";
const system = matchMedia("(prefers-color-scheme: light)");

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === "dark" || value === "light" ? value : null;
}

const systemTheme = (): Theme => (system.matches ? "light" : "dark");

interface ThemeState {
  theme: Theme;
  toggle: () => void;
  /** Goes by the system again, from now on. */
  follow: () => void;
}

/** Follows the system until the reader chooses; the choice stays on this device. */
export const useTheme = create<ThemeState>((set, get) => ({
  theme: chosen() ?? systemTheme(),
  toggle: () => {
    const theme = get().theme === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, theme);
    set({ theme });
  },
  follow: () => {
    localStorage.removeItem(KEY);
    set({ theme: systemTheme() });
  },
}));

export function startTheme(): void {
  const apply = (theme: Theme) => {
    document.documentElement.dataset.theme = theme;
  };
  apply(useTheme.getState().theme);
  useTheme.subscribe((state) => apply(state.theme));
  system.addEventListener("change", () => {
    if (chosen() === null) useTheme.setState({ theme: systemTheme() });
  });
}
