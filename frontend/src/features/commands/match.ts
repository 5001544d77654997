export interface Named {
  title: string;
  /** Words that find it as well. */
  also?: string;
}

/** Commands whose words begin with the typed ones, in any order; best first, else in the order given. */
export function matching<T extends Named>(commands: readonly T[], typed: string): T[] {
  const wanted = words(typed);
  if (wanted.length === 0) return [...commands];
  return commands
    .map((command, index) => ({
      command,
      index,
      rank: rankOf(words(`${command.title} ${command.also ?? ""}`), wanted),
    }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.index - b.index)
    .map(({ command }) => command);
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .split(/[^\p{L}\p{N}:.]+/u)
    .filter((word) => word !== "");
}

/** Where the first typed word stands among the title's; null when one of them is not there. */
function rankOf(title: readonly string[], wanted: readonly string[]): number | null {
  const places = wanted.map((word) => title.findIndex((other) => other.startsWith(word)));
  return places.includes(-1) ? null : places[0];
}

/** `83`, `1:23`, `1:02:03.5`, `12,5` as seconds; null for anything else. */
export function parseClock(text: string): number | null {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)$/.exec(text.trim());
  if (!match) return null;
  const [h = "0", m = "0", s] = match.slice(1);
  return Number(h) * 3600 + Number(m) * 60 + Number(s?.replace(",", "."));
}
