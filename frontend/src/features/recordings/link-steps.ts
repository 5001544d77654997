import type { Recording } from "../../api/types";

/** What a reader can do next about a link that was not fetched. */
export type LinkStep = "again" | "change" | "part" | "upload";

const STEPS: Readonly<Record<string, readonly LinkStep[]>> = {
  link_private: ["upload", "change"],
  link_removed: ["change"],
  link_sign_in: ["upload", "again"],
  link_age_restricted: ["upload"],
  link_region_locked: ["upload"],
  link_live: ["again", "change"],
  link_too_long: ["part", "upload"],
  link_too_large: ["part", "upload"],
  link_preview_only: ["upload"],
  link_rate_limited: ["again", "upload"],
  link_network: ["again", "upload"],
  link_timeout: ["again", "upload"],
  link_empty_list: ["change"],
  link_refused_address: ["upload", "change"],
  ytdlp_outdated: ["upload", "again"],
  interrupted: ["again"],
};

/** The steps that make sense, the likeliest first. */
export function stepsFor(code: string): readonly LinkStep[] {
  return STEPS[code] ?? ["again", "upload", "change"];
}

/** Whether what stands in the way may lie with the server (its address, its yt-dlp), so that a look at it helps. */
export function isAboutServer(code: string): boolean {
  return ["link_sign_in", "link_rate_limited", "link_network", "ytdlp_outdated", "link_failed"].includes(
    code,
  );
}

/** Whether the audio itself is what is missing, so that analysing again would be no help. */
export function lacksAudio(recording: Recording): boolean {
  if (recording.arriving || recording.link === null) return false;
  const cutOff = recording.state === "failed" && isLinkCode(recording.error?.code ?? "");
  return cutOff || (recording.source.size_bytes === 0 && recording.state !== "fetching");
}

function isLinkCode(code: string): boolean {
  return code.startsWith("link_") || code === "ytdlp_outdated" || code === "interrupted";
}
