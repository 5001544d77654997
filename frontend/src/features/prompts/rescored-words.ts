/** What the rows that were just added have cost, in a few words. */
export function rescoredWords(ms: number, running: boolean, unheard: boolean): string {
  if (unheard) return running ? "Filled as the recording is encoded" : "Not encoded yet";
  const time = ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
  return running
    ? `Re-scored in ${time}, the rest as it is encoded`
    : `Re-scored in ${time}, nothing encoded`;
}
