import { useMemo } from "react";
import type { Detection, PromptInfo } from "../../api/types";
import { formatClockTenths, formatScore, plural } from "../../lib/format";
import { useSession } from "../session/context";

const SPOKEN_MOMENTS = 12;

/** What a row of the map shows, in words. */
export function describeRow(
  info: PromptInfo | undefined,
  moments: readonly Detection[],
  muted: boolean,
): string {
  if (muted) return "muted";
  if (info && !info.covered) return "not covered by this model";
  if (moments.length === 0) return "no moments";
  const spoken = moments
    .slice(0, SPOKEN_MOMENTS)
    .map(
      (m) => `${formatClockTenths(m.onset_s)} to ${formatClockTenths(m.offset_s)} (${formatScore(m.peak)})`,
    );
  const more = moments.length - spoken.length;
  const rest = more > 0 ? `, and ${more} more` : "";
  return `${plural(moments.length, "moment", "moments")}: ${spoken.join(", ")}${rest}`;
}

/** The map for those who do not see it. */
export function MomentsTable() {
  const prompts = useSession((state) => state.prompts);
  const infos = useSession((state) => state.infos);
  const settings = useSession((state) => state.rows);
  const detections = useSession((state) => state.detections);
  const rows = useMemo(
    () =>
      prompts.map((prompt) => {
        const own = detections.filter((moment) => moment.prompt === prompt);
        return { prompt, words: describeRow(infos[prompt], own, settings[prompt]?.muted ?? false) };
      }),
    [prompts, infos, settings, detections],
  );
  if (rows.length === 0) return null;
  return (
    <table className="visually-hidden">
      <caption>Moments of each prompt</caption>
      <thead>
        <tr>
          <th scope="col">Prompt</th>
          <th scope="col">Moments</th>
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
