import { describe, expect, it } from "vitest";
import type { Recording } from "../../api/types";
import { chapterAt, chaptersOf } from "./chapters";

const withChapters = (): Recording => {
  const chapters = [
    { start_s: 90, title: "Bells" },
    { start_s: 0, title: "Arriving" },
    { start_s: 210, title: "Boats" },
  ];
  return { link: { chapters } } as unknown as Recording;
};

describe("chapters", () => {
  it("follow each other to the end", () => {
    expect(chaptersOf(withChapters(), 300)).toEqual([
      { title: "Arriving", startS: 0, endS: 90 },
      { title: "Bells", startS: 90, endS: 210 },
      { title: "Boats", startS: 210, endS: 300 },
    ]);
  });

  it("end where the recording does", () => {
    expect(chaptersOf(withChapters(), 80)).toEqual([{ title: "Arriving", startS: 0, endS: 80 }]);
  });

  it("are none without a link", () => {
    expect(chaptersOf(null, 10)).toEqual([]);
    expect(chaptersOf({ link: null } as Recording, 10)).toEqual([]);
  });

  it("tell which one a moment lies in", () => {
    const parts = chaptersOf(withChapters(), 300);
    expect(chapterAt(parts, 89.9)?.title).toBe("Arriving");
    expect(chapterAt(parts, 90)?.title).toBe("Bells");
    expect(chapterAt(parts, 299)?.title).toBe("Boats");
    expect(chapterAt([], 3)).toBeNull();
  });
});
