import type { Problem } from "../../api/problem";
import type { Pace } from "./pace";

/** A file on its way to the server, as the page shows it. */
export interface FileUpload {
  key: number;
  name: string;
  totalBytes: number;
  sentBytes: number;
  pace: Pace;
  /** `lost`: the connection is gone and is tried again. */
  state: "waiting" | "sending" | "lost" | "done" | "failed";
  recordingId: string | null;
  problem: Problem | null;
  /** Whether trying again may help. */
  again: boolean;
}

export const isUnderWay = ({ state }: FileUpload): boolean =>
  state === "waiting" || state === "sending" || state === "lost";
