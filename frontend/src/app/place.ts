/** Where the reader is in a recording and what is set there, as far as an address holds it. */
export interface Place {
  timeS?: number;
  view?: { startS: number; endS: number };
  selection?: { startS: number; endS: number };
  threshold?: number;
  rows?: Record<string, { muted?: boolean; threshold?: number; colour?: number }>;
}

/** Hundredths of a second are finer than any frame. */
const short = (value: number): string => String(Number(value.toFixed(2)));

/** As parameters: `t` time, `v` view, `s` selection, `th` threshold, `r` a row's own (`0.8~rain`, `m~wind`, `c3~sea`). */
export function placeParameters(place: Place): Array<[string, string]> {
  const { timeS, view, selection, threshold, rows = {} } = place;
  const found: Array<[string, string]> = [];
  if (timeS !== undefined) found.push(["t", short(timeS)]);
  if (view) found.push(["v", `${short(view.startS)}-${short(view.endS)}`]);
  if (selection) found.push(["s", `${short(selection.startS)}-${short(selection.endS)}`]);
  if (threshold !== undefined) found.push(["th", short(threshold)]);
  for (const [prompt, row] of Object.entries(rows)) {
    const own = row.threshold === undefined ? "" : short(row.threshold);
    const colour = row.colour === undefined ? "" : `c${row.colour}`;
    found.push(["r", `${own}${row.muted ? "m" : ""}${colour}~${prompt}`]);
  }
  return found;
}

/** Leaves out whatever makes no sense: an address may have been shortened, or typed. */
export function parsePlace(query: URLSearchParams): Place {
  const place: Place = {};
  const timeS = numberOf(query.get("t"));
  if (timeS !== null) place.timeS = timeS;
  const view = stretchOf(query.get("v"));
  if (view) place.view = view;
  const selection = stretchOf(query.get("s"));
  if (selection) place.selection = selection;
  const threshold = shareOf(query.get("th"));
  if (threshold !== null) place.threshold = threshold;
  for (const entry of query.getAll("r")) {
    const match = /^([\d.]*)(m?)(?:c([1-8]))?~(.+)$/s.exec(entry);
    if (!match) continue;
    const own = shareOf(match[1]);
    const row = {
      ...(own === null ? {} : { threshold: own }),
      ...(match[2] === "m" ? { muted: true } : {}),
      ...(match[3] ? { colour: Number(match[3]) } : {}),
    };
    if (Object.keys(row).length > 0) place.rows = { ...place.rows, [match[4]]: row };
  }
  return place;
}

function numberOf(text: string | null): number | null {
  if (text === null || !/^\d+(\.\d+)?$/.test(text)) return null;
  return Number(text);
}

function shareOf(text: string | null): number | null {
  const value = numberOf(text);
  return value !== null && value > 0 && value < 1 ? value : null;
}

function stretchOf(text: string | null): { startS: number; endS: number } | null {
  const [startS, endS, more] = (text ?? "").split("-").map(numberOf);
  if (startS == null || endS == null || more !== undefined || endS <= startS) return null;
  return { startS, endS };
}
