import type { Detection } from "../../api/types";
import { words } from "../../i18n/language";
import { formatClockTenths, formatScore } from "../../lib/format";

/** The moments as lines that read well in a message. */
export function momentsText(title: string, moments: readonly Detection[], address: string): string {
  const { common } = words();
  const width = Math.max(0, ...moments.map((moment) => formatClockTenths(moment.offset_s).length));
  const clock = (timeS: number) => formatClockTenths(timeS).padStart(width);
  const lines = moments.map(
    (m) => `${common.range(clock(m.onset_s), clock(m.offset_s))}  ${m.prompt} (${formatScore(m.peak)})`,
  );
  return `${[`${title}, ${common.moments(moments.length)}`, ...lines, address].join("\n")}\n`;
}
