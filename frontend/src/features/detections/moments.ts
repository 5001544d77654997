import type { Detection } from "../../api/types";

/** Far enough that a step from a moment's own beginning finds another one. */
const HERE_S = 0.05;
/** Going back soon after a beginning means the moment before, as with tracks of a record. */
const JUST_STARTED_S = 0.6;

export function nextMoment<T extends Detection>(moments: readonly T[], positionS: number): T | null {
  return moments.find((moment) => moment.onset_s > positionS + HERE_S) ?? null;
}

export function previousMoment<T extends Detection>(
  moments: readonly T[],
  positionS: number,
  playing: boolean,
): T | null {
  const before = positionS - (playing ? JUST_STARTED_S : HERE_S);
  return moments.findLast((moment) => moment.onset_s < before) ?? null;
}
