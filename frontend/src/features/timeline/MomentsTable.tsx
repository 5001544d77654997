import { useMemo } from "react";
import type { Detection, PromptInfo } from "../../api/types";
import { useLanguage, useWords, words } from "../../i18n/language";
import { formatClockTenths, formatScore } from "../../lib/format";
import { useSession } from "../session/context";

const SPOKEN_MOMENTS = 12;

/** What a row of the map shows, in words. */
export function describeRow(
  info: PromptInfo | undefined,
  moments: readonly Detection[],
  muted: boolean,
): string {
  const { common, timeline } = words();
  if (muted) return timeline.muted;
  if (info && !info.covered) return common.notCovered;
  if (moments.length === 0) return timeline.noMoments;
  const spoken = moments.slice(0, SPOKEN_MOMENTS).map(({ onset_s, offset_s, peak }) => {
    const when = common.range(formatClockTenths(onset_s), formatClockTenths(offset_s));
    return `${when} (${formatScore(peak)})`;
  });
  return timeline.momentsAt(common.moments(moments.length), spoken, moments.length - spoken.length);
}

/** The map for those who do not see it. */
export function MomentsTable() {
  const prompts = useSession((state) => state.prompts);
  const infos = useSession((state) => state.infos);
  const settings = useSession((state) => state.rows);
  const detections = useSession((state) => state.detections);
  const { timeline } = useWords();
  const language = useLanguage((state) => state.language);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the language decides how a row is told
  const rows = useMemo(
    () =>
      prompts.map((prompt) => {
        const own = detections.filter((moment) => moment.prompt === prompt);
        return { prompt, words: describeRow(infos[prompt], own, settings[prompt]?.muted ?? false) };
      }),
    [prompts, infos, settings, detections, language],
  );
  if (rows.length === 0) return null;
  return (
    <table className="visually-hidden">
      <caption>{timeline.table}</caption>
      <thead>
        <tr>
          <th scope="col">{timeline.prompt}</th>
          <th scope="col">{timeline.moments}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.prompt}>
            <th scope="row">{row.prompt}</th>
            <td>{row.words}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
