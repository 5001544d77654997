import { create } from "zustand";
import { addSample, startAnalysis } from "../../api/client";
import { type Problem, problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { useNotice } from "../../app/notice";
import { openRecording } from "../../app/route";
import { words } from "../../i18n/language";
import type { Chosen } from "./chosen-files";
import { useUploads } from "./upload-store";

const PROMPTS_KEY = "sonotag.prompts";

export interface Transfer {
  name: string;
  /** What is under way, in words. */
  doing: string;
}

interface SourceState {
  /** Words for the next recording; kept on this device. */
  prompts: string[];
  transfer: Transfer | null;
  problem: Problem | null;
  setPrompts: (prompts: string[]) => void;
  dismiss: () => void;
  send: (chosen: Chosen) => void;
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
  const add = async (transfer: Transfer, fetchRecording: () => Promise<Recording>) => {
    if (get().transfer) return;
    set({ problem: null, transfer });
    try {
      await begin(await fetchRecording(), get().prompts);
    } catch (error) {
      set({ problem: problemOf(error) });
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
    send: (chosen) => {
      set({ problem: null });
      useUploads.getState().send(chosen, get().prompts);
    },
    sample: () => {
      const { source } = words();
      return add({ name: source.theSample, doing: source.fetchingSample }, () => addSample());
    },
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
