export const session = {
  /** What the server notes of a prompt, word for word: `prompt-note.ts` finds them again by it. */
  note: {
    othersCount: (unknown: readonly string[]) =>
      `This model does not know ${quoted(unknown)}; the other wordings count.`,
    nothingAgainst: (unknown: readonly string[]) =>
      `This model does not know ${quoted(unknown)}, so nothing can be held against it.`,
    tooLong: "Longer than FLAM reads: only its beginning is looked for.",
  },
};

function quoted(wordings: readonly string[]): string {
  return wordings.map((wording) => `"${wording}"`).join(", ");
}
