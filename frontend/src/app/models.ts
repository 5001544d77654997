import { create } from "zustand";
import { cancelModelDownload, downloadModel, getModels } from "../api/client";
import { isAway, problemOf } from "../api/problem";
import type { ModelOverview, Recording } from "../api/types";
import { useNotice } from "./notice";

const SOON_MS = 1000;
const SELDOM_MS = 30_000;

interface ModelsState {
  overview: ModelOverview | null;
  /** Whether the server did not answer when last asked. */
  away: boolean;
  download: (name: string) => Promise<void>;
  cancelDownload: () => Promise<void>;
}

/** The server's models. Asked for often while one is on its way, or the server away, and seldom else. */
export const useModels = create<ModelsState>((set) => {
  const act = async (work: Promise<ModelOverview>) => {
    try {
      set({ overview: await work });
      askAgain(SOON_MS);
    } catch (error) {
      useNotice.getState().show(problemOf(error));
    }
  };
  return {
    overview: null,
    away: false,
    download: (name) => act(downloadModel(name)),
    cancelDownload: () => act(cancelModelDownload()),
  };
});

let timer: ReturnType<typeof setTimeout> | null = null;

function askAgain(afterMs: number): void {
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => void ask(), afterMs);
}

async function ask(): Promise<void> {
  try {
    const overview = await getModels();
    useModels.setState({ overview, away: false });
    askAgain(overview.models.some(isOnItsWay) ? SOON_MS : SELDOM_MS);
  } catch (error) {
    // A server that refuses is there; one that is not is said to be away. Both are asked again.
    useModels.setState({ away: isAway(error) });
    askAgain(SOON_MS);
  }
}

export function startModels(): void {
  void ask();
}

/** Asks now, whenever it was to be asked again. */
export function askModels(): void {
  void ask();
}

export const isOnItsWay = (model: { state: string }): boolean =>
  model.state === "loading" || model.state === "downloading";

/** The model that would hear the recording anew, where that is another than the one that did. */
export function betterModel(overview: ModelOverview | null, recording: Recording): string | null {
  const model = overview?.model;
  if (model?.state !== "ready" || recording.state !== "done") return null;
  const same = model.name === recording.model && model.version === recording.model_version;
  return same ? null : model.title;
}
