import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { de } from "../../i18n/de";
import { en } from "../../i18n/en";
import { useLanguage } from "../../i18n/language";
import { setLocale } from "../../i18n/locale";
import type { Verdict } from "./explain";
import { saidWords, verdictWords } from "./verdict-words";

const rule = { threshold: 0.5, release: 0.35, mergeGapS: 0.4, minLengthS: 0.25 };
const place = { startS: 60, hopS: 0.125, covered: true, muted: false };
const inside: Verdict = { kind: "inside", by: "gap", moment: { start: 8, stop: 26 } };
const rejected = {
  ...{ prompt: "dog", onset_s: 61, offset_s: 63.25, peak: 0.9, mean: 0.8 },
  verdict: "rejected" as const,
};
const said = (verdict: Verdict, more: Partial<typeof place> = {}) => {
  const { lead, rest } = verdictWords(verdict, rule, { ...place, ...more });
  return `${lead} ${rest}`;
};

function speak(language: "en" | "de"): void {
  setLocale(language, []);
  useLanguage.setState({ language, words: { en, de }[language] });
}

afterEach(() => speak("en"));

describe("the reason for a score, in English", () => {
  it("names the rule, with its numbers", () => {
    expect(said(inside)).toBe(
      "Counted. It lies in a gap shorter than 0.4 s, which is closed, in the moment from 1:01.0 to 1:03.3.",
    );
    expect(said(inside, { muted: true })).toMatch(/^Muted\. It lies/);
    expect(said({ kind: "short", moment: { start: 0, stop: 1 } })).toBe(
      "Dropped. It reaches the threshold, but lasts 0.13 s; a moment lasts at least 0.25 s.",
    );
    expect(said({ kind: "quiet" }, { covered: false })).toBe("Not covered. This model has no such sound.");
  });

  it("gives way to what a person said", () => {
    const words = verdictWords(inside, rule, place);
    expect(saidWords(words, null)).toBe(words);
    expect(saidWords(words, rejected).lead).toBe("Rejected by hand.");
    expect(saidWords(words, { ...rejected, verdict: "adjusted" }).rest).toMatch(
      /^Its edges were set by hand, from 1:01\.0 to 1:03\.3\. It lies/,
    );
  });
});

describe("the reason for a score, in German", () => {
  beforeEach(() => speak("de"));

  it("names the same rule, with numbers as German writes them", () => {
    expect(said(inside)).toBe(
      "Gezählt. Hier ist eine Lücke unter 0,4 s, die geschlossen wird, in der Fundstelle von 1:01,0 bis 1:03,3.",
    );
    expect(said({ kind: "below", peak: 0.45 })).toBe(
      "Nicht gezählt. Der Wert liegt über der Ausklang-Schwelle, aber dieses Stück erreicht 0,50 nie: sein Höchstwert ist 0,45.",
    );
    expect(saidWords(verdictWords(inside, rule, place), rejected).lead).toBe("Von Hand verworfen.");
  });
});
