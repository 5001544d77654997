import type { RecordingMessage } from "./types";

/** Null for what is no message of the stream at all; types a newer server may add are kept, and ignored later. */
export function parseMessage(data: unknown): RecordingMessage | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null) return null;
    const candidate = value as { type?: unknown; seq?: unknown };
    if (typeof candidate.type !== "string" || typeof candidate.seq !== "number") return null;
    return value as RecordingMessage;
  } catch {
    return null;
  }
}
