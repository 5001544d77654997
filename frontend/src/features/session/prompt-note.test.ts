import { afterEach, expect, it } from "vitest";
import wordings from "../../../../backend/sonotag/analysis/wordings.py?raw";
import flam from "../../../../backend/sonotag/models/flam.py?raw";
import type { PromptInfo } from "../../api/types";
import { de } from "../../i18n/de";
import { en } from "../../i18n/en";
import { useLanguage } from "../../i18n/language";
import { noteOf } from "./prompt-note";

const wording = (words: string, covered: boolean, against = false) => ({
  words,
  covered,
  against,
  matched: null,
});

function info(note: string | null, covered = true, wordings: PromptInfo["wordings"] = []): PromptInfo {
  return { prompt: "a | b", covered, matched: null, nearest: [], note, wordings };
}

afterEach(() => useLanguage.setState({ language: "en", words: en }));

it("tells what the server notes of a prompt in the reader's language", () => {
  useLanguage.setState({ language: "de", words: de });
  const some = 'This model does not know "flux", "woe"; the other wordings count.';
  const three = [wording("dog", true), wording("flux", false), wording("woe", false, true)];
  expect(noteOf(info(some, true, three))).toBe(
    "Dieses Modell kennt „flux“, „woe“ nicht; die übrigen Wortlaute zählen.",
  );
  const nothing = 'This model does not know "flux", so nothing can be held against it.';
  expect(noteOf(info(nothing, false, [wording("dog", true), wording("flux", false, true)]))).toContain(
    "nichts dagegenhalten",
  );
  expect(noteOf(info("Longer than FLAM reads: only its beginning is looked for."))).toContain(
    "Länger, als FLAM",
  );
});

it("leaves a note that it does not know, and none, as they are", () => {
  useLanguage.setState({ language: "de", words: de });
  expect(noteOf(info("Something new."))).toBe("Something new.");
  expect(noteOf(info(null))).toBeNull();
  expect(noteOf(undefined)).toBeNull();
});

it("knows the server's sentences as the server has them", () => {
  const { othersCount, nothingAgainst, tooLong } = en.session.note;
  const inPython = (sentence: string) => sentence.replace('"?"', "{', '.join(unknown)}");
  expect(flam).toContain(tooLong);
  expect(wordings).toContain(inPython(othersCount(["?"])));
  expect(wordings).toContain(inPython(nothingAgainst(["?"])));
});
