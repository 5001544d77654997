import type { SocketLike } from "./event-socket";

/**
 * What the page's first lines have asked for while its scripts were still on their way (`early/start.ts`, which the
 * build writes into the document itself). Whoever needs an answer takes it, once; what is not there is asked for anew.
 */
export interface Early {
  /** By the whole address that was asked. */
  answers: Map<string, Promise<Response>>;
  stream: EarlyStream | null;
}

export interface EarlyStream {
  recordingId: string;
  /** Those of the address; null stands for the recording's own. */
  prompts: readonly string[] | null;
  socket: WebSocket;
  /** What came before anybody listened. */
  held: MessageEvent[];
}

declare global {
  interface Window {
    early?: Early;
  }
}

const early = (): Early | undefined => (typeof window === "undefined" ? undefined : window.early);

/** The answer to a request that is already under way. */
export function takeEarlyAnswer(request: Request): Promise<Response> | null {
  const answers = early()?.answers;
  const answer = request.method === "GET" ? answers?.get(request.url) : undefined;
  if (!answer) return null;
  answers?.delete(request.url);
  return answer;
}

/** The stream of a recording that is already open for these prompts; what it has told is told again to the taker. */
export function takeEarlySocket(recordingId: string, prompts: readonly string[] | null): SocketLike | null {
  const known = early();
  const stream = known?.stream;
  if (!known || !stream) return null;
  known.stream = null;
  const { socket, held } = stream;
  const isWanted =
    stream.recordingId === recordingId && JSON.stringify(stream.prompts) === JSON.stringify(prompts);
  const isAlive = socket.readyState === WebSocket.CONNECTING || socket.readyState === WebSocket.OPEN;
  if (!isWanted || !isAlive) {
    socket.onmessage = null;
    socket.close();
    return null;
  }
  // Once the taker listens, and before anything newer can come.
  queueMicrotask(() => {
    if (socket.readyState === WebSocket.OPEN) socket.onopen?.(new Event("open"));
    for (const message of held) socket.onmessage?.(message);
  });
  return socket as SocketLike;
}
