import { words } from "../../i18n/language";
import { formatLength } from "../../lib/format";

/** What the rows that were just added have cost, in a few words. */
export function rescoredWords(ms: number, running: boolean, unheard: boolean): string {
  const { prompts } = words();
  if (unheard) return running ? prompts.filledAsEncoded : prompts.notEncoded;
  const time = ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : formatLength(ms / 1000);
  return running ? prompts.rescoredSoFar(time) : prompts.rescored(time);
}
