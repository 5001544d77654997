import { tidyPrompt } from "./wordings";

/** One line of typed text into prompts: semicolons and line breaks split, commas stay inside a prompt. */
export function splitPrompts(text: string): string[] {
  return text
    .split(/[;\n]/)
    .map(tidyPrompt)
    .filter((part) => part !== "");
}

/** Adds prompts at the end, keeping the order and leaving out those that are there already. */
export function addPrompts(existing: readonly string[], added: readonly string[]): string[] {
  const result = [...existing];
  const seen = new Set(existing.map((prompt) => prompt.toLowerCase()));
  for (const prompt of added) {
    const key = prompt.toLowerCase();
    if (!seen.has(key)) {
      seen.add(key);
      result.push(prompt);
    }
  }
  return result;
}

/** Puts `replacements` where `old` stood. */
export function replacePrompt(
  existing: readonly string[],
  old: string,
  replacements: readonly string[],
): string[] {
  const at = existing.indexOf(old);
  if (at < 0) return addPrompts(existing, replacements);
  const before = addPrompts([], existing.slice(0, at));
  return addPrompts(addPrompts(before, replacements), existing.slice(at + 1));
}
