import { afterEach, describe, expect, it } from "vitest";
import type { Recording } from "../../api/types";
import { de } from "../../i18n/de";
import { en } from "../../i18n/en";
import { useLanguage } from "../../i18n/language";
import { setLocale } from "../../i18n/locale";
import { arrivalWords, runWords } from "./run-words";

const recording: Recording = {
  id: "rec_1",
  title: "Harbour",
  state: "analyzing",
  source: {
    kind: "upload",
    filename: "h.wav",
    media_type: "audio/wav",
    size_bytes: 1,
    url: null,
    attribution: null,
  },
  created_at: "2026-11-20T00:00:00Z",
  duration_s: 724,
  duration_exact: true,
  model: "builtin",
  model_version: "1",
  seconds_per_frame: 0.125,
  windows_done: 45,
  windows_total: 73,
  analyzed_s: 456,
  prompts: [],
  error: null,
  warning: null,
  arriving: false,
  expected_bytes: null,
  link: null,
  last_seq: 9,
  pinned: false,
  events_url: "",
  audio_url: "",
};
const progress = { stage: "analyzing", doneS: 456, totalS: 724, etaS: 1.6, timesRealTime: 168.2 };
const sentence = (change: Partial<Recording>, withProgress = true) => {
  const words = runWords({ ...recording, ...change }, withProgress ? progress : null);
  return words.lead + words.rest;
};

describe("the sentence of the header", () => {
  it("says how far, how fast and how long", () => {
    expect(sentence({})).toBe("62 %, 7:36 of 12:04 heard, 168 times real time, about 2 s left");
  });

  it("says what it can while the length is not known", () => {
    const words = runWords({ ...recording, duration_s: null }, null);
    expect(words.lead + words.rest).toBe("Listening, 7:36 heard");
    expect(words.share).toBeNull();
  });

  it("has words for every other state", () => {
    expect(sentence({ state: "queued" })).toBe("Queued, waiting for its turn");
    expect(sentence({ state: "paused" })).toMatch(/^Paused at .*, the server’s disk is full$/);
    expect(sentence({ state: "done" })).toBe("Done, all 12:04 heard, at 168 times real time");
    expect(sentence({ state: "cancelled" })).toBe("Cancelled at 7:36 of 12:04");
    expect(sentence({ state: "failed", analyzed_s: 0 }, false)).toBe("Failed at 0:00 of 12:04");
    expect(sentence({ state: "stored" }, false)).toBe("Not analysed yet");
  });
});

describe("the sentence of the header in German", () => {
  afterEach(() => {
    useLanguage.setState({ words: en });
    setLocale("en", []);
  });

  it("has German numbers and the order of German sentences", () => {
    useLanguage.setState({ words: de });
    setLocale("de", ["de-DE"]);
    expect(sentence({})).toBe("62 %, 7:36 von 12:04 gehört, 168-fache Echtzeit, noch etwa 2 s");
    expect(sentence({ state: "done" })).toBe("Fertig, 12:04 ganz gehört, in 168-facher Echtzeit");
    expect(sentence({ state: "queued" })).toBe("Wartet, bis sie an der Reihe ist");
    expect(sentence({ state: "paused" })).toBe(
      "Angehalten bei 7:36 von 12:04, die Platte des Servers ist voll",
    );
    const arrival = { doneBytes: 3_400_000, totalBytes: 9_100_000, bytesPerS: 1_200_000, etaS: 4.7 };
    const words = arrivalWords({ ...recording, arriving: true }, arrival);
    expect(words && words.lead + words.rest).toBe(
      "Wird gesendet, 3,4 MB von 9,1 MB, 1,2 MB je Sekunde, noch etwa 5 s",
    );
  });
});
