import { useCallback } from "react";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { colourTable, legendGradient, SCALE_NAMES } from "../timeline/colour";
import { type HeatRow, paintHeat } from "../timeline/paint-heat";
import { Part, State } from "./Part";

const ROW = 34;
const row = (prompt: string, change: Partial<HeatRow> = {}): HeatRow => ({
  prompt,
  covered: true,
  muted: false,
  moments: [],
  ...change,
});
const ROWS: HeatRow[] = [
  row("with moments", {
    moments: [
      [20, 34],
      [62, 66],
    ],
  }),
  row("quiet"),
  row("muted", { muted: true }),
  row("not covered", { covered: false }),
];

/** Made up, and the same each time. */
const scoreAt = (prompt: string, timeS: number) =>
  (prompt === "quiet" ? 0.3 : 1) * (0.5 + 0.5 * Math.sin(timeS / 6 + prompt.length) * Math.sin(timeS / 2.3));

/** The map and its colours. */
export function DataParts() {
  return (
    <Part title="Map">
      <State name="whole" wide>
        <SampleMap heardUntilS={100} running={false} />
      </State>
      <State name="while it is analysed" wide>
        <SampleMap heardUntilS={58} running />
      </State>
      <State name="a cell in hand" wide>
        <div className="design-map">
          <SampleMap heardUntilS={100} running={false} />
          <div className="heat-cell design-cell" />
        </div>
      </State>
      {SCALE_NAMES.map((name) => (
        <State key={name} name={name}>
          <div className="design-scale" style={{ background: legendGradient(colourTable(name)) }} />
        </State>
      ))}
    </Part>
  );
}

function SampleMap({ heardUntilS, running }: { heardUntilS: number; running: boolean }) {
  const palette = usePalette();
  const paint = useCallback(
    (surface: Surface) =>
      paintHeat(surface, {
        view: { startS: 0, endS: 100 },
        rows: ROWS,
        rowHeight: ROW,
        palette,
        fill: (prompt, view, pixels) => {
          const stepS = (view.endS - view.startS) / pixels.length;
          for (let pixel = 0; pixel < pixels.length; pixel += 1)
            pixels[pixel] = scoreAt(prompt, view.startS + (pixel + 0.5) * stepS);
        },
        heardUntilS,
        front: running,
        complete: !running,
      }),
    [palette, heardUntilS, running],
  );
  return (
    <div className="design-canvas" style={{ height: ROWS.length * ROW }}>
      <Canvas paint={paint} label={`Four rows: ${ROWS.map(({ prompt }) => prompt).join(", ")}`} />
    </div>
  );
}
