import type { Page } from "@playwright/test";

const WINDOW_S = 10;
const RUN_S = 2400;

interface Live {
  /** The page has connected, with nothing heard yet. */
  ready: Promise<void>;
  /** Sends the windows at their pace; ends when the last one has been drawn. */
  run: () => Promise<void>;
}

/**
 * Plays an analysis to the page at an exact pace, which no encoder keeps: the server's own snapshot and scores, as
 * the messages they would have come in. Everything else the page asks for is answered by the server.
 */
export async function replayLive(
  page: Page,
  url: string,
  id: string,
  prompts: string[],
  timesRealTime: number,
): Promise<Live> {
  const snapshot = await firstMessage(url, id, prompts);
  const query = new URLSearchParams(prompts.map((prompt) => ["prompts", prompt]));
  query.set("to_s", String(RUN_S));
  query.set("max_columns", "20000");
  const answer = await fetch(`${url}/api/recordings/${id}/scores?${query}`);
  if (!answer.ok) throw new Error(`scores: ${answer.status} ${await answer.text()}`);
  const { scores, seconds_per_column } = (await answer.json()) as {
    scores: number[][];
    seconds_per_column: number;
  };
  const perWindow = Math.round(WINDOW_S / seconds_per_column);
  const seq = snapshot.seq as number;
  const messages = Array.from({ length: RUN_S / WINDOW_S }, (_, index) => ({
    type: "window",
    from_seq: seq + 1 + index,
    seq: seq + 1 + index,
    index,
    count: 1,
    start_s: index * WINDOW_S,
    end_s: (index + 1) * WINDOW_S,
    seconds_per_frame: seconds_per_column,
    prompts,
    scores: scores.map((row) => row.slice(index * perWindow, (index + 1) * perWindow)),
  }));

  await page.addInitScript(noteLags);
  let send: ((message: unknown) => void) | null = null;
  let connected = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    connected = resolve;
  });
  // The document's first lines open the socket: before they run, it must be this one.
  await page.routeWebSocket(/\/ws\/recordings\//, (socket) => {
    const recording = {
      ...(snapshot.recording as object),
      state: "analyzing",
      analyzed_s: 0,
      windows_done: 0,
    };
    send = (message) => socket.send(JSON.stringify(message));
    send({ ...snapshot, recording, scores: prompts.map(() => []), end_s: 0 });
    connected();
  });
  const run = async () => {
    const everyMs = (1000 * WINDOW_S) / timesRealTime;
    const startMs = Date.now();
    for (const [index, message] of messages.entries()) {
      const dueMs = startMs + index * everyMs;
      if (dueMs > Date.now()) await new Promise((later) => setTimeout(later, dueMs - Date.now()));
      send?.({ sent_at: Date.now(), ...message });
    }
    await page.waitForFunction((count) => window.watched.lags.length >= count, messages.length);
  };
  return { ready, run };
}

/** In the page: from the sending of a message to the frame after the one that draws it. */
function noteLags(): void {
  const parse = JSON.parse;
  JSON.parse = (text, reviver) => {
    const value = parse(text, reviver);
    const sentAt = (value as { sent_at?: number } | null)?.sent_at;
    if (sentAt !== undefined)
      requestAnimationFrame(() => requestAnimationFrame(() => window.watched.lags.push(Date.now() - sentAt)));
    return value;
  };
}

async function firstMessage(url: string, id: string, prompts: string[]): Promise<Record<string, unknown>> {
  const query = new URLSearchParams(prompts.map((prompt) => ["prompts", prompt]));
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/recordings/${id}?${query}`);
  const first = await new Promise<string>((come, fail) => {
    socket.onmessage = ({ data }) => come(String(data));
    socket.onerror = () => fail(new Error("no snapshot of the recording"));
  });
  socket.close();
  return JSON.parse(first) as Record<string, unknown>;
}
