import { useState } from "react";
import { useWords } from "../../i18n/language";
import { usePresetLists } from "./catalogue";
import { KeepList } from "./KeepList";
import { ListPreview } from "./ListPreview";
import type { ListsProps } from "./ListsDialog";
import { ListsSaid } from "./ListsSaid";
import type { ListRow } from "./list-format";
import { OwnListTools } from "./OwnListTools";
import { useOwnLists } from "./own-lists";

interface Entry {
  key: string;
  title: string;
  rows: ListRow[];
  own: boolean;
}

/** Names of lists beside the words of the one that is looked at. */
export function ListsBrowser({ model, present, onUse }: ListsProps) {
  const words = useWords().prompts.lists;
  const presets = usePresetLists(model);
  const own = useOwnLists((state) => state.lists);
  const entries: Entry[] = [
    ...own.map(({ name, rows }) => ({ key: `own ${name}`, title: name, rows, own: true })),
    ...presets.map(({ name, title, prompts }) => ({
      key: `preset ${name}`,
      title: words.titles[name] ?? title,
      rows: prompts.map((prompt) => ({ prompt })),
      own: false,
    })),
  ];
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = entries.find((entry) => entry.key === chosen) ?? entries[0];
  const names = (title: string, of: readonly Entry[]) =>
    of.length > 0 && (
      <>
        <h3>{title}</h3>
        <ul>
          {of.map((entry) => (
            <li key={entry.key}>
              <button
                type="button"
                className="lists-name"
                aria-current={entry === shown || undefined}
                onClick={() => setChosen(entry.key)}
              >
                <span>{entry.title}</span>
                <span className="num">{entry.rows.length}</span>
              </button>
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <div className="lists">
      <nav className="lists-names" aria-label={words.short}>
        {names(
          words.yours,
          entries.filter((entry) => entry.own),
        )}
        {names(
          words.readyMade,
          entries.filter((entry) => !entry.own),
        )}
      </nav>
      {shown && (
        <ListPreview
          key={shown.key}
          title={shown.title}
          lang={shown.own ? undefined : "en"}
          rows={shown.rows}
          model={model}
          canAdd={present.length > 0}
          onUse={onUse}
        >
          {shown.own && (
            <OwnListTools
              key={shown.key}
              list={{ name: shown.title, rows: shown.rows }}
              onRenamed={(name) => setChosen(`own ${name}`)}
            />
          )}
        </ListPreview>
      )}
      <ListsSaid />
      <KeepList present={present} onKept={(name) => setChosen(`own ${name}`)} />
    </div>
  );
}
