import { type Edits, withRow } from "../session/session-state";
import type { ListRow } from "./list-format";
import { addPrompts } from "./split";

/** The rows on the page, each with what is set for it. */
export function rowsOf({ prompts, rows }: Pick<Edits, "prompts" | "rows">): ListRow[] {
  return prompts.map((prompt) => ({ prompt, ...rows[prompt] }));
}

/** The rows of the page with those of a list after them, or in their place. What is set for present rows stays. */
export function withList(
  { prompts, rows }: Pick<Edits, "prompts" | "rows">,
  list: readonly ListRow[],
  how: "add" | "replace",
): Pick<Edits, "prompts" | "rows"> {
  const before = how === "add" ? prompts : [];
  const after = addPrompts(
    before,
    list.map((row) => row.prompt),
  );
  let settings = rows;
  for (const { prompt, ...own } of list) {
    if (after.includes(prompt) && !before.includes(prompt)) settings = withRow(settings, prompt, own);
  }
  return { prompts: after, rows: settings };
}
