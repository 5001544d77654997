import { parsePlace, placeParameters } from "../../app/place";
import { words } from "../../i18n/language";
import { type ListRow, type OwnList, readList } from "./list-format";

/** A list as an address: `#/l?n=Kitchen&p=kettle&p=dishes&r=0.3~kettle`. Nothing of it goes to the server. */
export function listHash({ name, rows }: OwnList): string {
  const settings: Record<string, Omit<ListRow, "prompt">> = {};
  for (const { prompt, ...own } of rows) if (Object.keys(own).length > 0) settings[prompt] = own;
  const parameters = new URLSearchParams([
    ["n", name],
    ...rows.map((row): [string, string] => ["p", row.prompt]),
    ...placeParameters({ rows: settings }),
  ]);
  return `#/l?${parameters}`;
}

/** The list in an address; null where there is none, or none that can be read. */
export function listOf(hash: string): OwnList | null {
  if (!hash.startsWith("#/l?")) return null;
  const parameters = new URLSearchParams(hash.slice(4));
  const settings = parsePlace(parameters).rows ?? {};
  return readList({
    name: parameters.get("n") ?? words().prompts.lists.unnamed,
    rows: parameters.getAll("p").map((prompt) => ({ ...settings[prompt], prompt })),
  });
}
