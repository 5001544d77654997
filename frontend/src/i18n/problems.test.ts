import { describe, expect, it } from "vitest";
import { inWords } from "../api/problem";
import { de } from "./de";
import { en } from "./en";
import { useLanguage } from "./language";

const sources: Record<string, string> = import.meta.glob("../../../backend/sonotag/**/*.py", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Said on the command line, or by a server that does not start: no page is there to say them. */
const WITHOUT_PAGE = [
  "backup_damaged",
  "bad_secret",
  "data_exists",
  "data_in_use",
  "database_missing",
  "database_newer",
  "key_not_found",
  "no_backup",
  "restore_interrupted",
  "target_exists",
];
/** Said by the page of a socket that the server closed. */
const OF_THE_PAGE = ["refused"];

/** As the sources write codes: `code="x"`, `code = "x"`, `"code": "x"`, `link_error("x", …`, `404: ("x", "A sentence.` */
const WRITTEN = [
  /\bcode\s*=\s*"([a-z_]+)"/g,
  /"code": "([a-z_]+)"/g,
  /\b(?:\w*Problem|\w*_error|_busy|_rule)\(\s*(?:\d+,\s*)?"([a-z_]+)"/g,
  /\b_charge\([^"]*"([a-z_]+)"/g,
  /(?:\d: |, )\(\s*"([a-z_]+)",\s*(?:"[A-Z]|str\()/g,
];

function codesOfServer(): Set<string> {
  const texts = Object.values(sources);
  return new Set(
    texts.flatMap((text) => WRITTEN.flatMap((how) => [...text.matchAll(how)].map(([, code]) => code))),
  );
}

describe("the server's problems", () => {
  it("are told in German by their codes, every one of them and none besides", () => {
    const codes = [...codesOfServer()];
    // Some that are written in different ways, so that a way that is no longer found is noticed.
    expect(codes).toEqual(
      expect.arrayContaining([
        "not_found",
        "disk_full",
        "link_timeout",
        "link_sign_in",
        "too_many_jobs",
        "bad_message",
      ]),
    );
    const wanted = [...codes.filter((code) => !WITHOUT_PAGE.includes(code)), ...OF_THE_PAGE];
    expect(Object.keys(de.problems).sort()).toEqual(wanted.sort());
    expect(codes).toEqual(expect.arrayContaining(WITHOUT_PAGE));
  });

  it("have a sentence and a next step", () => {
    for (const { message, hint } of Object.values(de.problems)) {
      expect(message).toMatch(/^[A-ZÄÖÜ].*\.$/);
      expect(hint).toMatch(/^[A-ZÄÖÜ].*\.$/);
    }
  });

  it("keep what was said of the very case", () => {
    const said = { code: "link_too_long", message: "The recording is too long: 12.0 hours.", hint: "" };
    expect(inWords(said)).toEqual(said);
    useLanguage.setState({ words: de });
    try {
      const { message, details } = inWords({ ...said, details: "duration 43200" });
      expect(message).toBe(de.problems.link_too_long.message);
      expect(details).toBe("The recording is too long: 12.0 hours.\nduration 43200");
      expect(inWords({ ...said, code: "unheard_of" })).toEqual({ ...said, code: "unheard_of" });
    } finally {
      useLanguage.setState({ words: en });
    }
  });
});

describe("the server's note on a link to a list", () => {
  it("is known to the German catalogue word for word", () => {
    const all = Object.values(sources).join("\n");
    for (const note of Object.keys(de.recordings.notes)) expect(all).toContain(`"${note}"`);
    expect(Object.keys(de.recordings.notes)).toHaveLength([...all.matchAll(/_NOTE = "/g)].length);
  });
});
