import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Connection, EventSocket, type SocketLike } from "./event-socket";

class FakeSocket implements SocketLike {
  static all: FakeSocket[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason?: string }) => void) | null = null;
  sent: string[] = [];
  closedWith: number | undefined;
  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }
  send(data: string): void {
    this.sent.push(data);
  }
  close(code?: number): void {
    this.closedWith = code;
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  fail(code: number, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

const last = () => FakeSocket.all[FakeSocket.all.length - 1];
let seen: Array<{ type: string; seq: number }>;
let connections: Connection[];
let client: EventSocket;

function open(prompts: string[] = ["dog"]): EventSocket {
  return new EventSocket({
    prompts,
    address: (after, words) => `after=${after};prompts=${words.join("|")}`,
    onMessage: ({ type, seq }) => seen.push({ type, seq }),
    onConnection: (connection) => connections.push(connection),
    open: (address) => new FakeSocket(address),
    random: () => 1,
  });
}

const seqs = () => seen.map(({ seq }) => seq);

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  seen = [];
  connections = [];
  client = open();
});

afterEach(() => {
  client.dispose();
  vi.useRealTimers();
});

describe("EventSocket", () => {
  it("begins with a snapshot and delivers what follows in order", () => {
    expect(last().address).toBe("after=null;prompts=dog");
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    last().say({ type: "window", seq: 5, from_seq: 5 });
    last().say({ type: "window", seq: 9, from_seq: 6 });
    expect(seqs()).toEqual([4, 5, 9]);
    expect(connections.at(-1)).toEqual({ kind: "open" });
  });

  it("takes up where it was after a break, and drops what it has seen", () => {
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    last().say({ type: "window", seq: 5, from_seq: 5 });
    last().fail(1006);
    expect(connections.at(-1)?.kind).toBe("waiting");
    vi.advanceTimersByTime(400);
    expect(last().address).toBe("after=5;prompts=dog");
    last().accept();
    last().say({ type: "window", seq: 5, from_seq: 5 });
    last().say({ type: "window", seq: 7, from_seq: 5 });
    expect(seqs()).toEqual([4, 5, 7]);
  });

  it("asks for a snapshot when a message is missing", () => {
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    last().say({ type: "window", seq: 7, from_seq: 6 });
    expect(seqs()).toEqual([4]);
    expect(FakeSocket.all[0].closedWith).toBe(1000);
    vi.advanceTimersByTime(400);
    expect(last().address).toBe("after=null;prompts=dog");
  });

  it("waits longer each time, up to a limit, and starts over after a success", () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      last().fail(1012);
      const waiting = connections.at(-1);
      const wait = waiting?.kind === "waiting" ? waiting.retryAt - Date.now() : 0;
      waits.push(wait);
      vi.advanceTimersByTime(wait);
    }
    expect(waits).toEqual([400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
    last().accept();
    last().say({ type: "snapshot", seq: 1 });
    last().fail(1012);
    vi.advanceTimersByTime(400);
    expect(FakeSocket.all).toHaveLength(10);
  });

  it("spreads the return of many pages by up to half the wait", () => {
    client.dispose();
    client = new EventSocket({
      prompts: [],
      address: () => "",
      onMessage: () => undefined,
      onConnection: (connection) => connections.push(connection),
      open: (address) => new FakeSocket(address),
      random: () => 0,
    });
    last().fail(1012);
    const waiting = connections.at(-1);
    expect(waiting?.kind === "waiting" && waiting.retryAt - Date.now()).toBe(200);
  });

  it("gives up when the recording is gone or the server says no", () => {
    last().fail(4404);
    expect(connections.at(-1)).toEqual({ kind: "ended", reason: "gone", words: "" });
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    client.dispose();
    client = open();
    last().fail(1008, "too many prompts");
    expect(connections.at(-1)).toEqual({ kind: "ended", reason: "refused", words: "too many prompts" });
  });

  it("sends other words over the open socket", () => {
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    client.setPrompts(["rain, heavy", "bell"]);
    expect(last().sent).toEqual(['{"type":"prompts","prompts":["rain, heavy","bell"]}']);
    last().say({ type: "snapshot", seq: 4, from_seq: 4 });
    last().say({ type: "progress", seq: 5, from_seq: 5 });
    expect(seqs()).toEqual([4, 4, 5]);
  });

  it("wants a snapshot when the words changed while it was away", () => {
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    last().fail(1006);
    client.setPrompts(["bell"]);
    vi.advanceTimersByTime(400);
    expect(last().address).toBe("after=null;prompts=bell");
  });

  it("comes back at once when asked to", () => {
    last().fail(1006);
    client.retryNow();
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("passes refusals on without touching the sequence, and shrugs at noise", () => {
    last().accept();
    last().say({ type: "snapshot", seq: 4 });
    last().say({ type: "rejected", seq: 4, from_seq: 4 });
    last().onmessage?.({ data: "hello" });
    last().onmessage?.({ data: "null" });
    last().say({ type: "window", seq: 5, from_seq: 5 });
    expect(seen.map(({ type }) => type)).toEqual(["snapshot", "rejected", "window"]);
  });

  it("is silent once disposed of", () => {
    last().fail(1006);
    client.dispose();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
