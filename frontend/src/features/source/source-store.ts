import { create } from "zustand";
import { addSample, startAnalysis } from "../../api/client";
import { type Problem, problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { uploadFile } from "../../api/upload";
import { useNotice } from "../../app/notice";
import { openRecording } from "../../app/route";

const PROMPTS_KEY = "sonotag.prompts";

export interface Transfer {
  kind: "upload" | "sample" | "link";
  name: string;
  sentBytes: number;
  totalBytes: number;
  startedAt: number;
  abort: () => void;
}

interface SourceState {
  /** Words for the next recording; kept on this device. */
  prompts: string[];
  transfer: Transfer | null;
  problem: Problem | null;
  setPrompts: (prompts: string[]) => void;
  dismiss: () => void;
  upload: (file: File) => Promise<void>;
  sample: () => Promise<void>;
}

function rememberedPrompts(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PROMPTS_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}

export const useSource = create<SourceState>((set, get) => {
  const add = async (
    kind: Transfer["kind"],
    name: string,
    totalBytes: number,
    fetchRecording: (signal: AbortSignal) => Promise<Recording>,
  ) => {
    if (get().transfer) return;
    const request = new AbortController();
    const abort = () => request.abort();
    set({ problem: null, transfer: { kind, name, sentBytes: 0, totalBytes, startedAt: Date.now(), abort } });
    try {
      const recording = await fetchRecording(request.signal);
      await begin(recording, get().prompts);
    } catch (error) {
      if (!request.signal.aborted) set({ problem: problemOf(error) });
    } finally {
      set({ transfer: null });
    }
  };

  return {
    prompts: rememberedPrompts(),
    transfer: null,
    problem: null,
    setPrompts: (prompts) => {
      localStorage.setItem(PROMPTS_KEY, JSON.stringify(prompts));
      set({ prompts });
    },
    dismiss: () => set({ problem: null }),
    upload: (file) =>
      add("upload", file.name, file.size, (signal) =>
        uploadFile(file, signal, ({ sentBytes }) =>
          set(({ transfer }) => ({ transfer: transfer && { ...transfer, sentBytes } })),
        ),
      ),
    sample: () => add("sample", "The sample", 0, () => addSample()),
  };
});

/** Asks for the analysis and shows the recording; should that be refused, the recording is shown all the same. */
export async function begin(recording: Recording, typed: readonly string[]): Promise<void> {
  const prompts = typed.length > 0 ? typed : recording.prompts.length > 0 ? recording.prompts : null;
  try {
    await startAnalysis(recording.id, prompts);
  } catch (error) {
    useNotice.getState().show(problemOf(error));
  }
  openRecording(recording.id, typed.length > 0 ? typed : null);
}
