import { describe, expect, it } from "vitest";
import { linkIn, linkInList, looksLikeLink, shortAddress } from "./link-text";

describe("links in what is pasted", () => {
  it("finds the address alone or in a sentence", () => {
    expect(linkIn("https://youtu.be/jNQXAC9IVRw")).toBe("https://youtu.be/jNQXAC9IVRw");
    expect(linkIn(" HTTPS://youtu.be/jNQXAC9IVRw\n")).toBe("HTTPS://youtu.be/jNQXAC9IVRw");
    expect(linkIn("Listen to this (https://soundcloud.com/a/b). Good!")).toBe("https://soundcloud.com/a/b");
    expect(linkIn("youtu.be/jNQXAC9IVRw")).toBe("youtu.be/jNQXAC9IVRw");
  });

  it("finds none in other words", () => {
    for (const text of ["", "dog barking", "e.g. rain", "file:///etc/passwd", "x".repeat(5000)])
      expect(linkIn(text)).toBeNull();
  });

  it("reads a dropped list", () => {
    expect(linkInList("# from a browser\r\nhttps://a.example/1\r\nhttps://a.example/2\r\n")).toBe(
      "https://a.example/1",
    );
    expect(linkInList("#only a remark\n")).toBeNull();
    expect(linkInList("")).toBeNull();
  });

  it("asks only about whole addresses while somebody types", () => {
    expect(looksLikeLink("https://youtu.be/jNQX")).toBe(true);
    expect(looksLikeLink("see https://youtu.be/jNQX")).toBe(false);
    expect(looksLikeLink("youtube")).toBe(false);
  });

  it("shortens an address", () => {
    expect(shortAddress("https://www.youtube.com/watch?v=x")).toBe("youtube.com/watch?v=x");
  });
});
