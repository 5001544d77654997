import { useWords } from "../../i18n/language";
import { useSource } from "../source/source-store";
import { usePresetLists } from "./catalogue";
import { ListsDialog } from "./ListsDialog";
import { withList } from "./list-rows";
import { useListsDialog } from "./lists-dialog";
import { useOwnLists } from "./own-lists";
import { SharedList } from "./SharedList";

/** Lists at hand, one chip each, the reader's own first. Without a server's lists the page works as well. */
export function Presets() {
  const { lists } = useWords().prompts;
  const presets = usePresetLists("auto");
  const own = useOwnLists((state) => state.lists);
  const prompts = useSource((state) => state.prompts);
  const setPrompts = useSource((state) => state.setPrompts);
  const chips = [
    ...own.map(({ name, rows }) => ({
      key: `own ${name}`,
      title: name,
      words: rows.map((row) => row.prompt),
    })),
    ...presets.map((preset) => ({
      key: preset.name,
      title: lists.titles[preset.name] ?? preset.title,
      // What the model does not know can be added from the sheet of lists, where that is told.
      words: preset.prompts.filter((_, index) => preset.covered?.[index] !== false),
    })),
  ];
  return (
    <>
      <fieldset className="presets" aria-label={lists.title}>
        {chips.map(({ key, title, words }) => {
          const chosen = words.join(";") === prompts.join(";");
          return (
            <button
              key={key}
              type="button"
              className="chip"
              aria-pressed={chosen}
              title={words.join("; ")}
              onClick={() => setPrompts(chosen ? [] : words)}
            >
              {title}
            </button>
          );
        })}
        <button type="button" className="chip" onClick={() => useListsDialog.getState().show()}>
          {lists.all}
        </button>
      </fieldset>
      <SharedList />
      <ListsDialog
        model="auto"
        present={prompts.map((prompt) => ({ prompt }))}
        onUse={(rows, how) => setPrompts(withList({ prompts, rows: {} }, rows, how).prompts)}
      />
    </>
  );
}
