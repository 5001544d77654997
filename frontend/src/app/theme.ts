import { create } from "zustand";
import { chosenTheme, system, systemTheme, THEME_KEY, type Theme, themeNow } from "./theme-choice";

interface ThemeState {
  theme: Theme;
  toggle: () => void;
  /** Goes by the system again, from now on. */
  follow: () => void;
}

/** Follows the system until the reader chooses; the choice stays on this device. */
export const useTheme = create<ThemeState>((set, get) => ({
  theme: themeNow(),
  toggle: () => {
    const theme = get().theme === "dark" ? "light" : "dark";
    localStorage.setItem(THEME_KEY, theme);
    set({ theme });
  },
  follow: () => {
    localStorage.removeItem(THEME_KEY);
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
    if (chosenTheme() === null) useTheme.setState({ theme: systemTheme() });
  });
}
