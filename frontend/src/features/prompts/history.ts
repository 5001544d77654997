import { kept } from "./kept";

const MOST = 60;

const box = kept<string[]>(
  "sonotag.recent-prompts",
  1,
  (value) => (Array.isArray(value) && value.every((word) => typeof word === "string") ? value : null),
  [],
);

/** Prompts that were added in this browser, the latest first. */
export function recentPrompts(): string[] {
  return box.read();
}

export function rememberPrompts(added: readonly string[]): void {
  if (added.length === 0) return;
  const before = box.read().filter((word) => !added.includes(word));
  box.write([...[...added].reverse(), ...before].slice(0, MOST));
}
