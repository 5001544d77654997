/** What a prompt's text asks for, by the same rules as the server's analysis/wordings.py. */
export interface Wordings {
  /** Any of these; the one that is heard most counts. */
  wanted: string[];
  /** Held against these; empty for all but contrasts. */
  against: string[];
}

export const OR = "|";
export const MORE_THAN = ">";

function side(text: string): string[] {
  const parts = text.split(OR).map((part) => part.replace(/\s+/g, " ").trim());
  return [...new Set(parts.filter((part) => part !== ""))];
}

function sides(text: string): string[][] {
  return text
    .replaceAll(OR, ` ${OR} `)
    .split(/(?:^|\s)>(?=\s|$)/)
    .map(side);
}

/** `a | b` is either, `a > b` one more than the other; text that reads otherwise is one wording as it is. */
export function readPrompt(text: string): Wordings {
  const [wanted, against, more] = sides(text);
  if (more || wanted.length === 0 || against?.length === 0) return { wanted: [text], against: [] };
  return { wanted, against: against ?? [] };
}

export function spellPrompt({ wanted, against }: Wordings): string {
  const sides = [wanted, against].filter((words) => words.length > 0);
  return sides.map((words) => words.join(` ${OR} `)).join(` ${MORE_THAN} `);
}

export function allWordings({ wanted, against }: Wordings): string[] {
  return [...wanted, ...against];
}

/**
 * Typed text as a prompt is kept: one space between words, nothing empty or twice. A sign that was typed without its
 * spaces, or without what belongs on its other side, is understood all the same.
 */
export function tidyPrompt(typed: string): string {
  const isMarkup = typed.includes("<");
  const spaced = isMarkup ? typed : typed.replace(/(?<=[\p{L}\p{N})])>(?=[\p{L}\p{N}(])/gu, ` ${MORE_THAN} `);
  const text = spaced.replace(/\s+/g, " ").trim();
  const [wanted, against, more] = sides(text).filter((words) => words.length > 0);
  return more || !wanted ? text : spellPrompt({ wanted, against: against ?? [] });
}
