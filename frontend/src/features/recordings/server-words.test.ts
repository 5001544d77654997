import { describe, expect, it } from "vitest";
import type { System } from "../../api/types";
import { linkWarning, serverLines } from "./server-words";

const system: System = {
  version: "0.1.0",
  ytdlp: { version: "2026.10.26", age_days: 26, stale: false, stale_after_days: 30, updated: false },
  sites: [
    { name: "youtube", title: "YouTube" },
    { name: "soundcloud", title: "SoundCloud" },
  ],
  has_cookies: false,
  has_proxy: false,
  keep_days: null,
  keep_bytes: null,
};
const ytdlp = { version: "2026.10.26", age_days: 26, stale: false, stale_after_days: 30, updated: false };
const words = (change: Partial<System>) =>
  Object.fromEntries(serverLines({ ...system, ...change }).map((line) => [line.name, line.words]));

describe("about this server", () => {
  it("names its sites and its yt-dlp", () => {
    expect(words({})).toMatchObject({
      "Links of": "YouTube, SoundCloud",
      "yt-dlp": "2026.10.26, 26 days old",
    });
    expect(words({ ytdlp: { ...ytdlp, age_days: 1, updated: true } })["yt-dlp"]).toBe(
      "2026.10.26, 1 day old, fetched by this server",
    );
  });

  it("says what the operator gave", () => {
    expect(words({})["Sign-in"]).toMatch(/^None/);
    expect(words({ has_cookies: true })["Sign-in"]).toMatch(/cookie file/);
    expect(words({})["Way out"]).toMatch(/^Straight/);
    expect(words({ has_proxy: true })["Way out"]).toMatch(/proxy/);
  });

  it("says how long recordings are kept", () => {
    expect(words({}).Recordings).toBe("Kept until they are deleted.");
    expect(words({ keep_days: 1 }).Recordings).toBe("Kept for 1 day. Pinned ones stay.");
    expect(words({ keep_days: 30, keep_bytes: 5e9 }).Recordings).toMatch(
      /^Kept for 30 days. Above .*, the oldest go/,
    );
  });

  it("warns of an old yt-dlp, and of none", () => {
    expect(linkWarning(null)).toBeNull();
    expect(linkWarning(system)).toBeNull();
    const old = { ...system, ytdlp: { ...ytdlp, age_days: 45, stale: true } };
    expect(linkWarning(old)).toContain("45 days old");
    expect(serverLines(old).filter((line) => line.wrong)).toHaveLength(1);
    expect(linkWarning({ ...system, ytdlp: null })).toContain("missing");
  });
});
