import { useMemo } from "react";
import { useTheme } from "../app/theme";

/** The design tokens canvases draw with. */
export interface Palette {
  ground: string;
  surface: string;
  raised: string;
  line: string;
  ink: string;
  inkSoft: string;
  accent: string;
}

/** For paper, whatever the theme on the screen. */
export const PAPER: Palette = {
  ground: "#ffffff",
  surface: "#ffffff",
  raised: "#eceae6",
  line: "#d8d5ce",
  ink: "#14171c",
  inkSoft: "#4d5561",
  accent: "#b34700",
};

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: token("--bg"),
    surface: token("--bg-1"),
    raised: token("--bg-3"),
    line: token("--line"),
    ink: token("--ink"),
    inkSoft: token("--ink-3"),
    accent: token("--accent"),
  };
}

export function usePalette(): Palette {
  const theme = useTheme((state) => state.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the tokens read
  return useMemo(readPalette, [theme]);
}
