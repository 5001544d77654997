import { useMemo } from "react";
import { useSettings } from "../app/settings";
import { useTheme } from "../app/theme";
import { ROW_COLOURS } from "../features/prompts/row-colours";
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
  /** Of rows that have a colour of their own, from the one numbered 1. */
  rows: readonly string[];
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
  rows: ["#1f5fd0", "#0b7a75", "#3d7a1f", "#847000", "#b3540a", "#b3261e", "#b0307e", "#6a3fc4"],
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
    rows: ROW_COLOURS.map((_, index) => token(`--row-${index + 1}`)),
    scores: colourTable(scale),
  };
}

export function usePalette(): Palette {
  const theme = useTheme((state) => state.theme);
  const scale = useSettings((state) => state.scale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the tokens read
  return useMemo(() => readPalette(scale), [theme, scale]);
}
