/** Colours that a row can have, in the order of their numbers, which begin at 1; rows.css says what they look like. */
export const ROW_COLOURS = ["blue", "teal", "green", "yellow", "orange", "red", "pink", "violet"] as const;

/** For styles; undefined for a row without a colour of its own. */
export function rowColour(colour: number | undefined): string | undefined {
  return colour === undefined ? undefined : `var(--row-${colour})`;
}
