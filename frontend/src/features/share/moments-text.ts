import type { Detection } from "../../api/types";
import { formatClockTenths, formatScore, plural } from "../../lib/format";

/** The moments as lines that read well in a message. */
export function momentsText(title: string, moments: readonly Detection[], address: string): string {
  const width = Math.max(0, ...moments.map((moment) => formatClockTenths(moment.offset_s).length));
  const clock = (timeS: number) => formatClockTenths(timeS).padStart(width);
  const lines = moments.map(
    (m) => `${clock(m.onset_s)} to ${clock(m.offset_s)}  ${m.prompt} (${formatScore(m.peak)})`,
  );
  return `${[`${title}, ${plural(moments.length, "moment", "moments")}`, ...lines, address].join("\n")}\n`;
}
