import { create } from "zustand";
import { kept } from "./kept";
import { freeName, MOST_LISTS, type OwnList, readLists, tidyName } from "./list-format";

const KEY = "sonotag.lists";
const NO_ROOM = "This browser has no room to keep that.";

const box = kept<OwnList[]>(KEY, 1, readLists, []);

interface OwnListsState {
  lists: OwnList[];
  /** The last list that was deleted and where it stood, until something else is done. */
  deleted: { list: OwnList; at: number } | null;
  /** What did not work, or what was done, in a sentence. */
  said: string;
  /** Adds a list; a name that is taken gets a number. */
  keep: (list: OwnList) => void;
  rename: (name: string, to: string) => void;
  remove: (name: string) => void;
  undoRemove: () => void;
  take: (lists: readonly OwnList[]) => void;
  say: (said: string) => void;
}

/** The reader's own lists; they stay in this browser. */
export const useOwnLists = create<OwnListsState>((set, get) => {
  const put = (lists: OwnList[], said: string, deleted: OwnListsState["deleted"] = null) => {
    if (box.write(lists)) set({ lists, said, deleted });
    else set({ said: NO_ROOM });
  };
  const add = (added: readonly OwnList[], said: string) => {
    const lists = [...get().lists];
    for (const list of added) lists.push({ ...list, name: freeName(list.name, lists) });
    if (lists.length > MOST_LISTS) set({ said: `More than ${MOST_LISTS} lists are not kept.` });
    else put(lists, said);
  };
  return {
    lists: box.read(),
    deleted: null,
    said: "",
    keep: (list) => add([list], `Kept as ${freeName(list.name, get().lists)}.`),
    rename: (name, to) => {
      const wanted = tidyName(to);
      const { lists } = get();
      if (wanted === "" || wanted === name) return;
      const free = freeName(
        wanted,
        lists.filter((list) => list.name !== name),
      );
      put(
        lists.map((list) => (list.name === name ? { ...list, name: free } : list)),
        `Renamed to ${free}.`,
      );
    },
    remove: (name) => {
      const { lists } = get();
      const at = lists.findIndex((list) => list.name === name);
      if (at < 0) return;
      put(
        lists.filter((_, index) => index !== at),
        `Deleted ${name}.`,
        { list: lists[at], at },
      );
    },
    undoRemove: () => {
      const { deleted, lists } = get();
      if (!deleted) return;
      const list = { ...deleted.list, name: freeName(deleted.list.name, lists) };
      put([...lists.slice(0, deleted.at), list, ...lists.slice(deleted.at)], `${list.name} is back.`);
    },
    take: (taken) =>
      add(taken, taken.length === 1 ? `Took ${taken[0].name}.` : `Took ${taken.length} lists.`),
    say: (said) => set({ said, deleted: null }),
  };
});

/** Another tab has changed them. */
addEventListener("storage", (event) => {
  if (event.key === KEY) useOwnLists.setState({ lists: box.read(), deleted: null });
});
