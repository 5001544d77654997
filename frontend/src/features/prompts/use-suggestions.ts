import { useMemo, useState } from "react";
import type { ModelChoice } from "../../api/client";
import { useLabels, usePresetLists } from "./catalogue";
import { recentPrompts } from "./history";
import { useOwnLists } from "./own-lists";
import { type Candidate, lastPart, suggest } from "./suggest";

const MOST = 8;

/** What could be meant by the words that are being typed. */
export function useSuggestions(typed: string, taken: readonly string[], model: ModelChoice): Candidate[] {
  const presets = usePresetLists(model);
  const labels = useLabels(model);
  const own = useOwnLists((state) => state.lists);
  const [recent, setRecent] = useState(recentPrompts);
  const idle = typed === "";
  const [wasIdle, setWasIdle] = useState(idle);
  if (idle !== wasIdle) {
    setWasIdle(idle);
    setRecent(recentPrompts());
  }
  const candidates = useMemo(() => {
    const covered = new Map<string, boolean>();
    for (const preset of presets)
      preset.prompts.forEach((text, index) => {
        const known = preset.covered?.[index];
        if (known !== undefined) covered.set(text, known);
      });
    for (const label of labels) covered.set(label, true);
    const of = (origin: Candidate["origin"]) => (text: string) => ({
      text,
      origin,
      covered: covered.get(text) ?? null,
    });
    return [
      ...recent.map(of("recent")),
      ...own.flatMap((list) => list.rows.map((row) => row.prompt)).map(of("own")),
      ...labels.map(of("model")),
      ...presets.flatMap((preset) => preset.prompts).map(of("list")),
    ];
  }, [presets, labels, own, recent]);
  return useMemo(() => suggest(candidates, lastPart(typed).part, taken, MOST), [candidates, typed, taken]);
}
