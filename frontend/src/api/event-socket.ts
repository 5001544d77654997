import { DisposableScope } from "../lib/disposable-scope";
import { parseMessage } from "./parse-message";
import type { RecordingMessage } from "./types";

export type Connection =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "waiting"; retryAt: number }
  | { kind: "ended"; reason: "gone" | "refused"; words: string };

export interface SocketLike {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason?: string }) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface EventSocketOptions {
  /** Builds the address; `after` is null when a snapshot is wanted. */
  address: (after: number | null, prompts: readonly string[]) => string;
  prompts: readonly string[];
  onMessage: (message: RecordingMessage) => void;
  onConnection: (connection: Connection) => void;
  open?: (address: string) => SocketLike;
  random?: () => number;
  now?: () => number;
}

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 15_000;
const OPEN = 1;
const CODE_GONE = 4404;
/** The server understood and said no: asking again would be answered the same. */
const CODES_REFUSED = [1008, 4403];

/**
 * Follows one recording's event stream and keeps its books: every message is delivered once and in order,
 * whatever the connection does. After a break it asks for what came `after` the last one it saw; when the
 * numbers do not join up, or the words changed while nobody listened, it asks for a fresh snapshot instead.
 */
export class EventSocket {
  private readonly scope = new DisposableScope();
  private readonly open: (address: string) => SocketLike;
  private readonly random: () => number;
  private readonly now: () => number;
  private socket: SocketLike | null = null;
  private cancelRetry: (() => void) | null = null;
  private lastSeq: number | null = null;
  private failures = 0;
  private prompts: readonly string[];

  constructor(private readonly options: EventSocketOptions) {
    this.open = options.open ?? ((address) => new WebSocket(address) as SocketLike);
    this.random = options.random ?? Math.random;
    this.now = options.now ?? Date.now;
    this.prompts = options.prompts;
    this.connect();
  }

  setPrompts(prompts: readonly string[]): void {
    this.prompts = prompts;
    if (this.socket?.readyState === OPEN) {
      this.socket.send(JSON.stringify({ type: "prompts", prompts: [...prompts] }));
    } else {
      // What was missed would arrive scored for other words than what is on the page.
      this.lastSeq = null;
      if (!this.cancelRetry) this.reconnectNow();
    }
  }

  /** Skips what is left of the wait; called when the browser comes online or the reader asks. */
  retryNow(): void {
    if (this.cancelRetry) this.reconnectNow();
  }

  dispose(): void {
    this.scope.dispose();
    this.drop();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(1000);
  }

  private reconnectNow(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.drop();
    this.connect();
  }

  private connect(): void {
    if (this.scope.disposed) return;
    this.options.onConnection({ kind: "connecting" });
    const sentPrompts = this.prompts;
    const socket = this.open(this.options.address(this.lastSeq, sentPrompts));
    this.socket = socket;
    socket.onopen = () => this.options.onConnection({ kind: "open" });
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.closed(event.code, event.reason ?? "");
  }

  private receive(data: unknown): void {
    const message = parseMessage(data);
    if (!message) return;
    this.failures = 0;
    if (message.type === "rejected") {
      this.options.onMessage(message);
      return;
    }
    if (message.type === "snapshot") {
      this.lastSeq = message.seq;
      this.options.onMessage(message);
      return;
    }
    const from = message.from_seq ?? message.seq;
    if (this.lastSeq === null || from > this.lastSeq + 1) {
      this.lastSeq = null;
      this.drop();
      this.retryLater();
      return;
    }
    if (message.seq <= this.lastSeq) return;
    this.lastSeq = message.seq;
    this.options.onMessage(message);
  }

  private closed(code: number, words: string): void {
    this.socket = null;
    if (code === CODE_GONE || CODES_REFUSED.includes(code)) {
      this.options.onConnection({ kind: "ended", reason: code === CODE_GONE ? "gone" : "refused", words });
      return;
    }
    this.retryLater();
  }

  private retryLater(): void {
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    // Half fixed, half random: pages that lost the same server do not come back in step.
    const delay = ceiling * (0.5 + 0.5 * this.random());
    this.options.onConnection({ kind: "waiting", retryAt: this.now() + delay });
    this.cancelRetry = this.scope.after(delay, () => {
      this.cancelRetry = null;
      this.connect();
    });
  }
}
