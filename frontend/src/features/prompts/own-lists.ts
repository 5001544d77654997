import { create } from "zustand";
import { useWords, words } from "../../i18n/language";
import { kept } from "./kept";
import { freeName, MOST_LISTS, type OwnList, readLists, tidyName } from "./list-format";

const KEY = "sonotag.lists";

const box = kept<OwnList[]>(KEY, 1, readLists, []);

interface OwnListsState {
  lists: OwnList[];
  /** The last list that was deleted and where it stood, until something else is done. */
  deleted: { list: OwnList; at: number } | null;
  /** What did not work, or what was done, in a sentence. */
  said: string;
  /** Whether the lists that this browser kept are set aside, until something is said. */
  setAside: boolean;
  /** Adds a list; a name that is taken gets a number. Returns the name it has. */
  keep: (list: OwnList) => string;
  /** Returns the name that the list has then. */
  rename: (name: string, to: string) => string;
  remove: (name: string) => void;
  undoRemove: () => void;
  /** Adds lists of a file; returns the name of the first. */
  take: (lists: readonly OwnList[]) => string;
  say: (said: string) => void;
}

/** The reader's own lists; they stay in this browser. */
export const useOwnLists = create<OwnListsState>((set, get) => {
  const put = (lists: OwnList[], said: string, deleted: OwnListsState["deleted"] = null) => {
    if (box.write(lists)) set({ lists, said, deleted, setAside: false });
    else set({ said: words().prompts.lists.noRoom, setAside: false });
  };
  const add = (added: readonly OwnList[], said: (names: string[]) => string): string => {
    const before = get().lists;
    const lists = [...before];
    for (const list of added) lists.push({ ...list, name: freeName(list.name, lists) });
    const names = lists.slice(before.length).map((list) => list.name);
    if (lists.length > MOST_LISTS)
      set({ said: words().prompts.lists.tooMany(MOST_LISTS), deleted: null, setAside: false });
    else put(lists, said(names));
    return names[0];
  };
  return {
    lists: box.read(),
    deleted: null,
    said: "",
    setAside: box.wasUnread,
    keep: (list) => add([list], ([name]) => words().prompts.lists.kept(name)),
    rename: (name, to) => {
      const wanted = tidyName(to);
      const { lists } = get();
      if (wanted === "" || wanted === name) return name;
      const free = freeName(
        wanted,
        lists.filter((list) => list.name !== name),
      );
      put(
        lists.map((list) => (list.name === name ? { ...list, name: free } : list)),
        words().prompts.lists.renamed(free),
      );
      return free;
    },
    remove: (name) => {
      const { lists } = get();
      const at = lists.findIndex((list) => list.name === name);
      if (at < 0) return;
      put(
        lists.filter((_, index) => index !== at),
        words().prompts.lists.deleted(name),
        { list: lists[at], at },
      );
    },
    undoRemove: () => {
      const { deleted, lists } = get();
      if (!deleted) return;
      const list = { ...deleted.list, name: freeName(deleted.list.name, lists) };
      put(
        [...lists.slice(0, deleted.at), list, ...lists.slice(deleted.at)],
        words().prompts.lists.isBack(list.name),
      );
    },
    take: (taken) =>
      add(taken, (names) => {
        const { took, tookMany } = words().prompts.lists;
        return names.length === 1 ? took(names[0]) : tookMany(names.length);
      }),
    say: (said) => set({ said, deleted: null, setAside: false }),
  };
});

/** What is to be said of the lists, in the language of the page. */
export function useSaid(): string {
  const { lists } = useWords().prompts;
  const { said, setAside } = useOwnLists();
  return setAside ? lists.setAside : said;
}

/** Another tab has changed them. */
addEventListener("storage", (event) => {
  if (event.key === KEY) useOwnLists.setState({ lists: box.read(), deleted: null });
});
