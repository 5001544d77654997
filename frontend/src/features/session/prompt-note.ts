import type { PromptInfo } from "../../api/types";
import { en } from "../../i18n/en";
import { type Words, words } from "../../i18n/language";

/**
 * What the server notes of a prompt, in the language of the page; null where there is nothing to note. It speaks
 * English, so its sentence is found again by the facts that came with it. One that is not known stays as it is.
 */
export function noteOf(info: PromptInfo | undefined): string | null {
  const said = info?.note ?? null;
  if (said === null || !info) return null;
  return noteIn(en, info) === said ? noteIn(words(), info) : said;
}

function noteIn({ session }: Words, { covered, wordings }: PromptInfo): string {
  const unknown = wordings.filter((wording) => !wording.covered).map((wording) => wording.words);
  if (unknown.length === 0) return session.note.tooLong;
  return covered ? session.note.othersCount(unknown) : session.note.nothingAgainst(unknown);
}
