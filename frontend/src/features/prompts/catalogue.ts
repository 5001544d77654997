import { useEffect, useMemo, useState } from "react";
import { create } from "zustand";
import { listPresets, type ModelChoice, readPrompts } from "../../api/client";
import type { Preset, PromptInfo, Recording } from "../../api/types";
import { useModels } from "../../app/models";

const SETTLE_MS = 160;
/** At a time; the server takes two hundred wordings. */
const MOST_ASKED = 60;
const NO_LISTS: Preset[] = [];
const NO_LABELS: string[] = [];

/** The model whose understanding counts: the one that heard the recording, else the one that would. */
export function modelFor(recording: Recording | null): ModelChoice {
  const name = recording && recording.analyzed_s > 0 ? recording.model : null;
  return name === "builtin" || name === "flam" ? name : "auto";
}

interface ListsState {
  /** By model and its version. */
  lists: Readonly<Record<string, Preset[]>>;
  load: (model: ModelChoice, key: string) => void;
}

const asked = new Set<string>();

const useLists = create<ListsState>((set) => ({
  lists: {},
  load: (model, key) => {
    if (asked.has(key)) return;
    asked.add(key);
    listPresets(model).then(
      (lists) => set((state) => ({ lists: { ...state.lists, [key]: lists } })),
      // Without them the page works as well; the next one that needs them asks again.
      () => asked.delete(key),
    );
  },
}));

function useModelInfo(model: ModelChoice) {
  return useModels(({ overview }) =>
    model === "auto" ? overview?.model : overview?.models.find((one) => one.name === model),
  );
}

/** The lists that come with the server, with what the model knows of them. */
export function usePresetLists(model: ModelChoice): Preset[] {
  const info = useModelInfo(model);
  const known = useModels((state) => state.overview !== null);
  const key = `${model} ${info?.state} ${info?.version}`;
  const lists = useLists((state) => state.lists[key]);
  useEffect(() => {
    if (known) useLists.getState().load(model, key);
  }, [known, model, key]);
  return lists ?? NO_LISTS;
}

/** The model's own words; none for one that understands any. */
export function useLabels(model: ModelChoice): readonly string[] {
  return useModelInfo(model)?.labels ?? NO_LABELS;
}

const told = new Map<string, PromptInfo>();

/** What the model makes of words that are being typed; null until it is known, and for models that know all words. */
export function useCoverage(words: string, model: ModelChoice): PromptInfo | null {
  const info = useModelInfo(model);
  const isClosed = (info?.labels.length ?? 0) > 0;
  const key = `${model} ${info?.version} ${words}`;
  const [, tell] = useState(0);
  useEffect(() => {
    if (!isClosed || words === "" || told.has(key)) return;
    const request = new AbortController();
    const timer = setTimeout(() => {
      readPrompts([words], model, request.signal).then(
        ([found]) => {
          told.set(key, found);
          tell((count) => count + 1);
        },
        () => undefined, // Then it is not said.
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [isClosed, words, model, key]);
  return isClosed && words !== "" ? (told.get(key) ?? null) : null;
}

/** Which of the words the model knows, as far as that is known by now. */
export function useKnown(words: readonly string[], model: ModelChoice): ReadonlyMap<string, boolean> {
  const info = useModelInfo(model);
  const isOpen = info?.state === "ready" && info.labels.length === 0;
  const presets = usePresetLists(model);
  const version = `${model} ${info?.version}`;
  const [, tell] = useState(0);
  const known = useMemo(() => {
    const found = new Map<string, boolean>();
    for (const preset of presets)
      preset.prompts.forEach((text, index) => {
        const covered = preset.covered?.[index];
        if (covered !== undefined) found.set(text, covered);
      });
    return found;
  }, [presets]);
  const of = (text: string) => (isOpen ? true : (known.get(text) ?? told.get(`${version} ${text}`)?.covered));
  const missing = info ? words.filter((text) => of(text) === undefined).slice(0, MOST_ASKED) : [];
  const asking = missing.join(";");
  useEffect(() => {
    if (asking === "") return;
    const request = new AbortController();
    const wanted = asking.split(";");
    readPrompts(wanted, model, request.signal).then(
      (found) => {
        for (const one of found) told.set(`${version} ${one.prompt}`, one);
        tell((count) => count + 1);
      },
      () => undefined, // Then it is not said.
    );
    return () => request.abort();
  }, [asking, model, version]);
  const entries = words.map((text) => [text, of(text)] as const);
  return new Map(entries.filter((entry): entry is [string, boolean] => entry[1] !== undefined));
}
