import { test as base, expect, type Page } from "@playwright/test";
import { RecordingView } from "./recording-view";

interface Fixtures {
  /** Lets a test that breaks something on purpose say which complaints of the browser belong to it. */
  allowConsole: (pattern: RegExp) => void;
  complaints: undefined;
  view: RecordingView;
}

interface WorkerFixtures {
  /** A recording of the sample, analysed once for the tests that only look at one. */
  sampleId: string;
}

async function post(path: string, body: unknown = null): Promise<{ id: string }> {
  const answer = await fetch(`${process.env.SONOTAG_URL}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { id: string };
}

async function untilDone(id: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await fetch(`${process.env.SONOTAG_URL}/api/recordings/${id}`);
    const { state } = (await answer.json()) as { state: string };
    if (state === "done") return;
    if (state === "failed" || state === "cancelled") throw new Error(`the sample is ${state}`);
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error("the sample took too long");
}

/** What Playwright says in the page's stead where it keeps workers out. */
const BLOCKED_WORKER = "Service Worker registration blocked by Playwright";

const patterns = new WeakMap<Page, RegExp[]>();

export const test = base.extend<Fixtures, WorkerFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from this pattern
  baseURL: async ({}, use) => use(process.env.SONOTAG_URL),
  allowConsole: async ({ page }, use) =>
    use((pattern) => {
      patterns.set(page, [...(patterns.get(page) ?? []), pattern]);
    }),
  complaints: [
    async ({ page }, use) => {
      const seen: string[] = [];
      page.on("console", (message) => {
        if (message.text() === BLOCKED_WORKER) return;
        if (message.type() === "error" || message.type() === "warning")
          seen.push(`${message.text()} ${message.location().url}`);
      });
      page.on("pageerror", (error) => seen.push(String(error)));
      await use(undefined);
      const allowed = patterns.get(page) ?? [];
      const unexpected = seen.filter((text) => !allowed.some((pattern) => pattern.test(text)));
      expect(unexpected, "complaints in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
  view: async ({ page }, use) => use(new RecordingView(page)),
  sampleId: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const { id } = await post("/api/sample");
      await post("/analyze", { recording_id: id, prompts: ["dog barking", "church bell", "rain"] });
      await untilDone(id);
      await use(id);
    },
    { scope: "worker" },
  ],
});

export { expect };
