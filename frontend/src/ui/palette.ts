import { useMemo } from "react";
import { useSettings } from "../app/settings";
import { useTheme } from "../app/theme";
import { type ColourTable, colourTable, type ScaleName } from "../features/timeline/colour";

/** The design tokens canvases draw with. */
export interface Palette {
  ground: string;
  surface: string;
  raised: string;
  line: string;
  ink: string;
  inkSoft: string;
  accent: string;
  /** The colours of scores. */
  scores: ColourTable;
}

/** For paper, whatever the theme on the screen. */
const PAPER = {
  ground: "#ffffff",
  surface: "#ffffff",
  raised: "#eceae6",
  line: "#d8d5ce",
  ink: "#14171c",
  inkSoft: "#4d5561",
  accent: "#b34700",
};

export function paperPalette(scale: ScaleName): Palette {
  return { ...PAPER, scores: colourTable(scale) };
}

function readPalette(scale: ScaleName): Palette {
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
    scores: colourTable(scale),
  };
}

export function usePalette(): Palette {
  const theme = useTheme((state) => state.theme);
  const scale = useSettings((state) => state.scale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the tokens read
  return useMemo(() => readPalette(scale), [theme, scale]);
}
