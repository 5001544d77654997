import { describe, expect, it } from "vitest";
import type { LinkInfo, Recording } from "../../api/types";
import { lacksAudio, stepsFor } from "./link-steps";
import { isChanging, recentWords } from "./recent-words";
import { arrivalWords, runWords } from "./run-words";

const link: LinkInfo = {
  site: "YouTube",
  url: "https://www.youtube.com/watch?v=jNQXAC9IVRw",
  uploader: null,
  duration_s: null,
  thumbnail_url: null,
  chapters: [],
  start_s: null,
  end_s: null,
  note: null,
};
const recording: Recording = {
  id: "rec_1",
  title: "Harbour",
  state: "fetching",
  source: { kind: "url", filename: "", media_type: "", size_bytes: 0, url: link.url, attribution: null },
  created_at: "2026-11-20T12:00:00Z",
  duration_s: null,
  duration_exact: false,
  model: null,
  model_version: null,
  seconds_per_frame: null,
  windows_done: 0,
  windows_total: null,
  analyzed_s: 0,
  prompts: [],
  error: null,
  warning: null,
  arriving: true,
  expected_bytes: null,
  link,
  last_seq: 1,
  pinned: false,
  events_url: "",
  audio_url: "",
};
const sized = (size_bytes: number): Recording["source"] => ({ ...recording.source, size_bytes });
const failed = (code: string, size_bytes = 0): Recording => ({
  ...recording,
  state: "failed",
  arriving: false,
  source: sized(size_bytes),
  error: { code, message: "No.", hint: "" },
});
const now = new Date("2026-11-20T12:05:00Z");

describe("a recording that is being fetched", () => {
  it("says in the list how many bytes there are", () => {
    expect(recentWords(recording, now)).toBe("fetching, 5 minutes ago");
    expect(recentWords({ ...recording, source: sized(3_400_000) }, now)).toBe(
      "fetching, 3.4 MB, 5 minutes ago",
    );
    const known = { ...recording, source: sized(3_400_000), expected_bytes: 9_100_000, duration_s: 724 };
    expect(recentWords(known, now)).toBe("12:04, fetching, 3.4 MB of 9.1 MB, 5 minutes ago");
    expect(recentWords({ ...known, link: null }, now)).toContain("uploading, 3.4 MB");
    expect(isChanging(known)).toBe(true);
    expect(isChanging(failed("link_private"))).toBe(false);
  });

  it("says in its head what is waited for, how far and how fast", () => {
    expect(arrivalWords(recording, null)).toEqual({ lead: "Asking YouTube", rest: "", share: null });
    const arrival = { doneBytes: 3_400_000, totalBytes: 9_100_000, bytesPerS: 1_200_000, etaS: 4.7 };
    expect(arrivalWords(recording, arrival)).toEqual({
      lead: "Fetching",
      rest: " 3.4 MB of 9.1 MB, 1.2 MB a second, about 5 s left",
      share: 3.4 / 9.1,
    });
    const unsized = arrivalWords(recording, { ...arrival, totalBytes: null, etaS: null });
    expect(unsized).toMatchObject({ rest: " 3.4 MB, 1.2 MB a second", share: null });
    expect(arrivalWords({ ...recording, arriving: false }, arrival)).toBeNull();
  });

  it("does not say twice how fast it goes", () => {
    const analyzing: Recording = { ...recording, state: "analyzing", analyzed_s: 30, duration_s: 60 };
    const progress = { stage: "analyzing", doneS: 30, totalS: 60, etaS: 9, timesRealTime: 12 };
    expect(runWords(analyzing, progress).rest).toBe(", 0:30 of 1:00 heard");
    expect(runWords({ ...analyzing, arriving: false }, progress).rest).toContain("12 times real time");
  });
});

describe("a link that was not fetched", () => {
  it("is fetched again, not analysed again", () => {
    expect(lacksAudio(failed("link_private"))).toBe(true);
    expect(lacksAudio(failed("link_network", 5000))).toBe(true);
    expect(lacksAudio(failed("no_audio_track", 5000))).toBe(false);
    expect(lacksAudio({ ...failed("x"), state: "cancelled" })).toBe(true);
    expect(lacksAudio(recording)).toBe(false);
    expect(recentWords(failed("link_private"), now)).toBe("not fetched, 5 minutes ago");
    expect(runWords(failed("link_private"), null).lead).toBe("Not fetched");
  });

  it("has a next step for every reason", () => {
    const codes = [
      ...["private", "removed", "sign_in", "age_restricted", "region_locked", "live", "too_long"],
      ...["preview_only", "rate_limited", "network", "too_large", "timeout", "failed"],
    ].map((reason) => `link_${reason}`);
    for (const code of [...codes, "ytdlp_outdated", "interrupted", "unheard_of"])
      expect(stepsFor(code).length).toBeGreaterThan(0);
    expect(stepsFor("link_rate_limited")[0]).toBe("again");
    expect(stepsFor("link_age_restricted")).not.toContain("again");
  });
});
