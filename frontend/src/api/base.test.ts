import { describe, expect, it } from "vitest";
import { apiUrl, socketUrl, withPrompts } from "./base";

describe("addresses of the server", () => {
  it("follow the page, also under a proxy's prefix and with the page's own hash", () => {
    expect(apiUrl("/api/model", "http://host/#/r/rec_1").href).toBe("http://host/api/model");
    expect(apiUrl("api/model", "https://host/tools/sonotag/#/r/rec_1").href).toBe(
      "https://host/tools/sonotag/api/model",
    );
    expect(apiUrl("api/model", "https://host/sonotag/index.html").href).toBe(
      "https://host/sonotag/api/model",
    );
  });

  it("are of the kind that sockets want", () => {
    expect(socketUrl("ws/recordings/rec_1", "https://host/sonotag/#/x").href).toBe(
      "wss://host/sonotag/ws/recordings/rec_1",
    );
    expect(socketUrl("ws/recordings/rec_1", "http://host:8000/").protocol).toBe("ws:");
  });

  it("carry each prompt by itself, and say so when there is none", () => {
    const url = withPrompts(new URL("http://host/x"), ["rain, heavy", "bell"]);
    expect(url.search).toBe("?prompts=rain%2C+heavy&prompts=bell");
    expect(withPrompts(new URL("http://host/x"), []).search).toBe("?prompts=");
  });
});
