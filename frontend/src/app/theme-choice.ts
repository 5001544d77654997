/** What the reader chose, and what the system says. By itself, as the page's first lines want to know it too. */

export type Theme = "dark" | "light";

export const THEME_KEY = "sonotag.theme";
export const system = matchMedia("(prefers-color-scheme: light)");

export function chosenTheme(): Theme | null {
  const value = localStorage.getItem(THEME_KEY);
  return value === "dark" || value === "light" ? value : null;
}

export const systemTheme = (): Theme => (system.matches ? "light" : "dark");
export const themeNow = (): Theme => chosenTheme() ?? systemTheme();
