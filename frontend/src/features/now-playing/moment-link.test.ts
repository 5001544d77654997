import { expect, it } from "vitest";
import { momentLink } from "./moment-link";

it("leads to the moment, counted from where the link began", () => {
  const youtube = "https://www.youtube.com/watch?v=abcdefghijk";
  expect(momentLink({ url: youtube, start_s: null }, 61.9)).toBe(`${youtube}&t=61s`);
  expect(momentLink({ url: youtube, start_s: 30 }, 61.9)).toBe(`${youtube}&t=91s`);
  const track = "https://soundcloud.com/somebody/a-track";
  expect(momentLink({ url: track, start_s: null }, 61.9)).toBe(`${track}#t=1:01`);
  expect(momentLink({ url: "https://other.example/a?b=1", start_s: null }, 5)).toBe(
    "https://other.example/a?b=1",
  );
});
