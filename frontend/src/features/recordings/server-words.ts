import type { System } from "../../api/types";
import { words } from "../../i18n/language";
import { formatBytes } from "../../lib/format";

export interface ServerLine {
  name: string;
  words: string;
  /** Something that keeps links from working. */
  wrong: boolean;
}

/** What there is to say of the server's ways to fetch links. */
export function serverLines(system: System): ServerLine[] {
  const { recordings } = words();
  const sites = system.sites.map((site) => site.title).join(", ");
  return [
    { name: "SonoTag", words: system.version, wrong: false },
    { name: recordings.linksOf, words: sites, wrong: false },
    ytdlpLine(system.ytdlp),
    {
      name: recordings.signIn,
      words: system.has_cookies ? recordings.withCookies : recordings.noCookies,
      wrong: false,
    },
    {
      name: recordings.wayOut,
      words: system.has_proxy ? recordings.withProxy : recordings.noProxy,
      wrong: false,
    },
    { name: recordings.keeping, words: keepingWords(system), wrong: false },
  ];
}

/** How long recordings stay, in a sentence or two. */
export function keepingWords({ keep_days: days, keep_bytes: bytes }: System): string {
  const { recordings } = words();
  if (days === null && bytes === null) return recordings.keptForGood;
  const parts: string[] = [];
  if (days !== null) parts.push(recordings.keptFor(days));
  if (bytes !== null) parts.push(recordings.keptBelow(formatBytes(bytes)));
  return `${parts.join(" ")} ${recordings.pinnedStay}`;
}

function ytdlpLine(ytdlp: System["ytdlp"]): ServerLine {
  const { recordings } = words();
  if (!ytdlp) return { name: "yt-dlp", words: recordings.fetcherMissing, wrong: true };
  const age = ytdlp.age_days === null ? "" : recordings.fetcherAge(ytdlp.age_days);
  const updated = ytdlp.updated ? recordings.fetcherUpdated : "";
  const stale = ytdlp.stale ? recordings.fetcherStale : "";
  return { name: "yt-dlp", words: `${ytdlp.version}${age}${updated}${stale}`, wrong: ytdlp.stale };
}

/** One sentence for those who are about to paste a link; null when all is well. */
export function linkWarning(system: System | null): string | null {
  if (!system) return null;
  const { recordings } = words();
  if (!system.ytdlp) return recordings.warnMissing;
  return system.ytdlp.stale ? recordings.warnOld(system.ytdlp.age_days) : null;
}
