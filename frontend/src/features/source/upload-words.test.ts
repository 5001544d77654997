import { describe, expect, test } from "vitest";
import type { FileUpload } from "./file-upload";
import { NO_PACE, withMark } from "./pace";
import { leftOutWords, uploadsSummary, uploadWords } from "./upload-words";

const upload = (changes: Partial<FileUpload>): FileUpload => ({
  key: 1,
  name: "a.wav",
  totalBytes: 10_000_000,
  sentBytes: 0,
  pace: NO_PACE,
  state: "sending",
  recordingId: null,
  problem: null,
  again: false,
  ...changes,
});

describe("the words of uploads", () => {
  test("a file on its way tells rate and time left as soon as they are known", () => {
    expect(uploadWords(upload({ sentBytes: 1_000_000 }))).toBe("1.0 MB of 10 MB");
    const pace = withMark(withMark(NO_PACE, 0, 0), 2000, 4_000_000);
    expect(uploadWords(upload({ sentBytes: 4_000_000, pace }))).toBe(
      "4.0 MB of 10 MB, 2.0 MB a second, 3.0 s left",
    );
  });

  test.each([
    [upload({ state: "waiting" }), "10 MB, waiting for its turn"],
    [upload({ state: "lost", sentBytes: 500_000 }), "500 kB of 10 MB, no connection; trying again"],
    [upload({ sentBytes: 10_000_000 }), "10 MB sent, the server is reading it"],
    [upload({ state: "done" }), "10 MB sent"],
  ])("%#: what else can be said", (given, words) => {
    expect(uploadWords(given)).toBe(words);
  });

  test("all together", () => {
    const states = (...all: FileUpload["state"][]) => uploadsSummary(all.map((state) => upload({ state })));
    expect(states("sending")).toBe("Sending a file");
    expect(states("done", "sending", "waiting")).toBe("1 of 3 files sent");
    expect(states("done", "failed", "lost")).toBe("1 of 3 files sent, 1 not sent");
    expect(states("done", "done")).toBe("2 files sent");
    expect(states("done", "failed")).toBe("1 file sent, 1 not sent");
    expect(leftOutWords(1)).toBe("1 file of other kinds left out");
  });
});
