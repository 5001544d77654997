import { describe, expect, it } from "vitest";
import type { Recording } from "../../api/types";
import { chapterAt, chaptersOf } from "./chapters";

const withLink = (start_s: number | null): Recording => {
  const chapters = [
    { start_s: 90, title: "Bells" },
    { start_s: 0, title: "Arriving" },
    { start_s: 210, title: "Boats" },
  ];
  return { link: { chapters, start_s } } as unknown as Recording;
};

describe("chapters", () => {
  it("follow each other to the end", () => {
    expect(chaptersOf(withLink(null), 300)).toEqual([
      { title: "Arriving", startS: 0, endS: 90 },
      { title: "Bells", startS: 90, endS: 210 },
      { title: "Boats", startS: 210, endS: 300 },
    ]);
  });

  it("count from where the recording was cut", () => {
    expect(chaptersOf(withLink(100), 80)).toEqual([{ title: "Bells", startS: 0, endS: 80 }]);
  });

  it("are none without a link", () => {
    expect(chaptersOf(null, 10)).toEqual([]);
    expect(chaptersOf({ link: null } as Recording, 10)).toEqual([]);
  });

  it("tell which one a moment lies in", () => {
    const parts = chaptersOf(withLink(null), 300);
    expect(chapterAt(parts, 89.9)?.title).toBe("Arriving");
    expect(chapterAt(parts, 90)?.title).toBe("Bells");
    expect(chapterAt(parts, 299)?.title).toBe("Boats");
    expect(chapterAt([], 3)).toBeNull();
  });
});
