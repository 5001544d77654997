import { words } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { cssColour } from "../timeline/colour";
import { timeToX } from "../timeline/geometry";
import { ticksFor } from "../timeline/ticks";
import { LAYOUT, PICTURE_WIDTH, type Picture, spectrumWords } from "./paint-picture";

const TRACK = PICTURE_WIDTH - LAYOUT.labels - LAYOUT.edge;
/** Cells of a row: as fine as print shows, and few enough for a drawing program. */
const CELLS = 480;
/** Colours told apart: neighbours of one colour are one rectangle. */
const SHADES = 64;
const GAP = 4;
const TICK_GAP = 80;

/** What the stage shows as a drawing: text is text, every row a group of its own, named after its prompt. */
export function svgView(picture: Picture, height: number, spectrum: string | null): string {
  const { view, palette, rows } = picture;
  const { share, timeline } = words();
  const heardX = picture.complete ? TRACK : clamp(timeToX(view, TRACK, picture.heardUntilS));
  let top = LAYOUT.head;
  const parts = [
    rect(0, 0, PICTURE_WIDTH, height, palette.ground),
    text(picture.title, LAYOUT.edge, 44, palette.ink, 22, 640),
    text(picture.subtitle, LAYOUT.edge, 66, palette.inkSoft, 13),
    text(timeline.level, LAYOUT.edge, top + LAYOUT.wave / 2 + 4, palette.inkSoft, 12.5),
    group(timeline.level, LAYOUT.labels, top, wave(picture)),
  ];
  top += LAYOUT.wave;
  parts.push(text(spectrumWords(picture), LAYOUT.edge, top + LAYOUT.spectrum / 2 + 4, palette.inkSoft, 12.5));
  if (spectrum !== null) {
    const image = `<image href="${spectrum}" width="${TRACK}" height="${LAYOUT.spectrum}" preserveAspectRatio="none"/>`;
    parts.push(group(timeline.spectrum, LAYOUT.labels, top, image));
  }
  top += LAYOUT.spectrum;
  parts.push(group(share.time, LAYOUT.labels, top, axis(picture)));
  top += LAYOUT.axis;
  for (const row of rows) {
    const middle = top + LAYOUT.row / 2 + 4;
    parts.push(
      text(row.prompt, LAYOUT.edge, middle, palette.ink, 12.5, 520),
      text(`≥ ${formatScore(row.threshold)}`, LAYOUT.labels - 12, middle, palette.inkSoft, 11.5, 400, "end"),
      group(row.prompt, LAYOUT.labels, top, heat(picture, row, heardX)),
    );
    top += LAYOUT.row;
  }
  parts.push(legend(picture, top + 30));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PICTURE_WIDTH} ${height}" width="${PICTURE_WIDTH}" height="${height}" font-family="Inter, 'Inter Variable', sans-serif">
<title>${escaped(`${picture.title}: ${picture.subtitle}`)}</title>
${parts.join("\n")}
</svg>
`;
}

/** A row's cells, one path per colour: a drawing of a few hundred kilobytes instead of many megabytes. */
function heat(picture: Picture, row: Picture["rows"][number], heardX: number): string {
  const { view, palette } = picture;
  if (!row.covered) return text(words().common.notCovered, 8, LAYOUT.row / 2 + 4, palette.inkSoft, 11.5);
  const scores = new Float32Array(CELLS);
  picture.fill(row.prompt, view, scores);
  const cell = TRACK / CELLS;
  const band = LAYOUT.row - GAP;
  const paths = new Map<number, string>();
  for (let from = 0; from < CELLS; ) {
    const shade = shadeOf(scores[from]);
    let to = from + 1;
    while (to < CELLS && shadeOf(scores[to]) === shade) to += 1;
    const start = from * cell;
    const width = Math.min(to * cell, heardX) - start;
    if (!Number.isNaN(shade) && width > 0) {
      const box = `M${short(start)} ${GAP / 2}h${short(width)}v${band}h-${short(width)}z`;
      paths.set(shade, (paths.get(shade) ?? "") + box);
    }
    from = to;
  }
  const cells = [...paths].map(
    ([shade, d]) => `<path fill="${cssColour(shade / (SHADES - 1), palette.scores)}" d="${d}"/>`,
  );
  const lines = row.moments.flatMap(([onsetS, offsetS]) => {
    const x = clamp(timeToX(view, TRACK, onsetS));
    const end = clamp(timeToX(view, TRACK, offsetS));
    return end > 0 && x < TRACK
      ? [
          rect(
            x,
            LAYOUT.row - GAP / 2,
            Math.max(2, end - x),
            2,
            palette.rows[(row.colour ?? 0) - 1] ?? palette.accent,
          ),
        ]
      : [];
  });
  return [...cells, ...lines].join("");
}

function wave({ peaks, view, palette }: Picture): string {
  if (!peaks) return "";
  const middle = LAYOUT.wave / 2;
  const bars = peaks.max.map((highest, column) => {
    const x = timeToX(view, TRACK, peaks.start_s + (column + 0.5) * peaks.seconds_per_column);
    const half = Math.max(0.5, Math.sqrt(Math.max(highest, -peaks.min[column])) * (middle - 4));
    return x < 0 || x > TRACK ? "" : `M${short(x)} ${short(middle - half)}v${short(2 * half)}`;
  });
  return `<path stroke="${palette.inkSoft}" stroke-width="0.8" fill="none" d="${bars.join("")}"/>`;
}

function axis({ view, palette }: Picture): string {
  return ticksFor(view, TRACK, TICK_GAP)
    .map(({ timeS, label }) => {
      const x = timeToX(view, TRACK, timeS);
      return (
        rect(x, LAYOUT.axis - 6, 1, 6, palette.inkSoft) +
        (x + 40 < TRACK ? text(label, x + 5, LAYOUT.axis - 9, palette.inkSoft, 11.5) : "")
      );
    })
    .join("");
}

function legend({ palette }: Picture, y: number): string {
  const stops = Array.from(
    { length: 17 },
    (_, stop) => `<stop offset="${stop / 16}" stop-color="${cssColour(stop / 16, palette.scores)}"/>`,
  );
  const left = LAYOUT.labels + 62;
  const { share } = words();
  return [
    `<linearGradient id="scores">${stops.join("")}</linearGradient>`,
    text(share.scoreZero, LAYOUT.labels, y + 4, palette.inkSoft, 12),
    rect(left, y - 5, 160, 10, "url(#scores)"),
    text("1", left + 168, y + 4, palette.inkSoft, 12),
    rect(left + 202, y + 1, 22, 2, palette.accent),
    text(share.momentSign, left + 232, y + 4, palette.inkSoft, 12),
    text("SonoTag", PICTURE_WIDTH - LAYOUT.edge, y + 4, palette.inkSoft, 12, 400, "end"),
  ].join("");
}

const shadeOf = (score: number) => Math.round(Math.min(1, Math.max(0, score)) * (SHADES - 1));
const clamp = (x: number) => Math.min(TRACK, Math.max(0, x));
const short = (value: number) => String(Math.round(value * 100) / 100);

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`;
}

function text(
  what: string,
  x: number,
  y: number,
  fill: string,
  size: number,
  weight = 400,
  anchor = "start",
): string {
  return `<text x="${short(x)}" y="${short(y)}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escaped(what)}</text>`;
}

function group(name: string, x: number, y: number, inner: string): string {
  return `<g aria-label="${escaped(name)}" transform="translate(${x} ${y})">${inner}</g>`;
}

/** Titles and prompts are people's own words; in XML five characters are not. Control characters have no place in it. */
function escaped(what: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return what.replace(/[&<>"']/g, (sign) => names[sign]).replace(/\p{Cc}/gu, " ");
}
