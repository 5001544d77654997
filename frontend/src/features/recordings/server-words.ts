import type { System } from "../../api/types";
import { formatBytes, plural } from "../../lib/format";

export interface ServerLine {
  name: string;
  words: string;
  /** Something that keeps links from working. */
  wrong: boolean;
}

/** What there is to say of the server's ways to fetch links. */
export function serverLines(system: System): ServerLine[] {
  const sites = system.sites.map((site) => site.title).join(", ");
  return [
    { name: "SonoTag", words: system.version, wrong: false },
    { name: "Links of", words: sites, wrong: false },
    ytdlpLine(system.ytdlp),
    {
      name: "Sign-in",
      words: system.has_cookies
        ? "With a cookie file of whoever runs this server."
        : "None. Sites that want one refuse this server.",
      wrong: false,
    },
    {
      name: "Way out",
      words: system.has_proxy
        ? "Through a proxy of whoever runs this server."
        : "Straight from this server. In a data centre, sites may take it for a robot.",
      wrong: false,
    },
    { name: "Recordings", words: keepingWords(system), wrong: false },
  ];
}

/** How long recordings stay, in a sentence or two. */
export function keepingWords({ keep_days: days, keep_bytes: bytes }: System): string {
  if (days === null && bytes === null) return "Kept until they are deleted.";
  const parts: string[] = [];
  if (days !== null) parts.push(`Kept for ${plural(days, "day", "days")}.`);
  if (bytes !== null) parts.push(`Above ${formatBytes(bytes)} in all, the oldest go.`);
  return `${parts.join(" ")} Pinned ones stay.`;
}

function ytdlpLine(ytdlp: System["ytdlp"]): ServerLine {
  if (!ytdlp) return { name: "yt-dlp", words: "Missing. No link can be fetched.", wrong: true };
  const age = ytdlp.age_days === null ? "" : `, ${plural(ytdlp.age_days, "day", "days")} old`;
  const updated = ytdlp.updated ? ", fetched by this server" : "";
  const stale = ytdlp.stale ? ". Sites have probably changed since; links may fail until it is updated." : "";
  return { name: "yt-dlp", words: `${ytdlp.version}${age}${updated}${stale}`, wrong: ytdlp.stale };
}

/** One sentence for those who are about to paste a link; null when all is well. */
export function linkWarning(system: System | null): string | null {
  if (!system) return null;
  if (!system.ytdlp) return "This server cannot fetch links: its yt-dlp is missing.";
  if (!system.ytdlp.stale) return null;
  const { age_days: days } = system.ytdlp;
  const age = days === null ? "old" : `${plural(days, "day", "days")} old`;
  return `This server’s yt-dlp is ${age}. Links may fail until it is updated.`;
}
