import type { LinkInfo } from "../../api/types";
import { formatClock } from "../../lib/format";

/** The address of one moment on the site that a recording came from; of the whole, where a site has no such thing. */
export function momentLink(link: Pick<LinkInfo, "url" | "start_s">, timeS: number): string {
  const atS = Math.floor((link.start_s ?? 0) + timeS);
  const url = new URL(link.url);
  const host = url.hostname.replace(/^(www|m)\./, "");
  if (host === "youtube.com" || host === "youtu.be") url.searchParams.set("t", `${atS}s`);
  if (host === "soundcloud.com") url.hash = `t=${formatClock(atS)}`;
  return url.href;
}
