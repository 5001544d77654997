const LONGEST_TEXT = 4000;
const ADDRESS = /https?:\/\/[^\s<>"']+/i;
const BARE = /^(?:[a-z0-9-]+\.)+[a-z]{2,}\/[^\s<>"']*$/i;

/** The first link in a text, as a page, a chat or a phone's share sheet gives it; null where there is none. */
export function linkIn(text: string): string | null {
  if (text.length > LONGEST_TEXT) return null;
  const trimmed = text.trim();
  if (BARE.test(trimmed)) return trimmed;
  // What follows a link in a sentence is not part of it.
  return ADDRESS.exec(trimmed)?.[0].replace(/[)\].,;:!?]+$/, "") ?? null;
}

/** The first address of a dropped `text/uri-list`: one a line, lines with # are remarks. */
export function linkInList(list: string): string | null {
  const line = list.split(/\r?\n/).find((one) => one.trim() !== "" && !one.startsWith("#"));
  return line === undefined ? null : linkIn(line);
}

/** Whether a text that is being typed is worth asking the server about. */
export function looksLikeLink(text: string): boolean {
  const link = linkIn(text);
  return link !== null && link === text.trim();
}

/** An address as it is shown: without what every address has. */
export function shortAddress(url: string): string {
  return url.replace(/^https?:\/\/(www\.)?/, "");
}
