import type { Verdict } from "../../api/types";
import type { Moment } from "./judge";

/** 128 random bits; unlike `crypto.randomUUID` also there where the page came without TLS. */
export function newVerdictId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `v-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Whether nobody has said anything of it yet. */
export function isOpen(moment: Moment): boolean {
  return moment.verdict == null;
}

/** A verdict on a moment: in the place of what was said before, about the stretch as it is found now. */
export function saidOf(moment: Moment, change: Partial<Verdict>): Verdict {
  const [foundOnsetS, foundOffsetS] = moment.found ?? [null, null];
  const kind = change.kind ?? "accepted";
  const asFound = (kind === "accepted" || kind === "rejected") && moment.found !== null;
  return {
    id: moment.verdict_id ?? newVerdictId(),
    prompt: moment.prompt,
    kind,
    onset_s: asFound ? (foundOnsetS ?? moment.onset_s) : (change.onset_s ?? moment.onset_s),
    offset_s: asFound ? (foundOffsetS ?? moment.offset_s) : (change.offset_s ?? moment.offset_s),
    found_onset_s: kind === "added" ? null : foundOnsetS,
    found_offset_s: kind === "added" ? null : foundOffsetS,
    updated_at: new Date().toISOString(),
  };
}
