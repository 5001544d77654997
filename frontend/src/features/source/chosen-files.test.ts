import { describe, expect, test } from "vitest";
import { filesOfDrop, filesOfList, looksLikeRecording } from "./chosen-files";

const file = (name: string, type = "", folder = ""): File => {
  const made = new File(["x"], name, { type });
  Object.defineProperty(made, "webkitRelativePath", { value: folder === "" ? "" : `${folder}/${name}` });
  return made;
};

type Tree = { [name: string]: Tree | File };

function entryOf(name: string, node: Tree | File): FileSystemEntry {
  if (node instanceof File)
    return {
      name,
      isFile: true,
      file: (resolve: (file: File) => void) => resolve(node),
    } as unknown as FileSystemEntry;
  // As browsers do: a portion at a time, the empty one last.
  const waiting = Object.entries(node).map(([inner, value]) => entryOf(inner, value));
  return {
    name,
    isFile: false,
    createReader: () => ({
      readEntries: (resolve: (found: FileSystemEntry[]) => void) => resolve(waiting.splice(0, 2)),
    }),
  } as unknown as FileSystemEntry;
}

const dropOf = (tree: Tree): DataTransfer =>
  ({
    items: Object.entries(tree).map(([name, node]) => ({ webkitGetAsEntry: () => entryOf(name, node) })),
  }) as unknown as DataTransfer;

describe("chosen files", () => {
  test.each([
    ["dawn.WAV", "", true],
    ["talk.m4a", "audio/mp4", true],
    ["talk", "video/webm", true],
    ["cover.jpg", "image/jpeg", false],
    ["notes", "", false],
    ["._dawn.wav", "audio/wav", false],
  ])("%s looks like a recording: %s", (name, type, expected) => {
    expect(looksLikeRecording({ name, type })).toBe(expected);
  });

  test("single files are all taken, whatever they look like", () => {
    const chosen = filesOfList([file("notes.txt", "text/plain"), file("a.wav")]);
    expect(chosen.files.map(({ path }) => path)).toEqual(["a.wav", "notes.txt"]);
    expect(chosen.leftOut).toBe(0);
  });

  test("of a folder only recordings are taken, in the order a person would put them", () => {
    const names = ["take 10.wav", "take 2.wav", "cover.jpg", ".DS_Store"];
    const chosen = filesOfList(names.map((name) => file(name, "", "day")));
    expect(chosen.files.map(({ path }) => path)).toEqual(["day/take 2.wav", "day/take 10.wav"]);
    expect(chosen.leftOut).toBe(2);
  });

  test("a drop gives the files of folders in folders", async () => {
    const day = {
      "a.wav": file("a.wav"),
      "b.wav": file("b.wav"),
      night: { "c.mp3": file("c.mp3"), "d.txt": file("d.txt") },
    };
    const chosen = await filesOfDrop(dropOf({ day, "notes.txt": file("notes.txt") }));
    expect(chosen.files.map(({ path }) => path)).toEqual([
      "day/a.wav",
      "day/b.wav",
      "day/night/c.mp3",
      "notes.txt",
    ]);
    expect(chosen.leftOut).toBe(1);
  });
});
