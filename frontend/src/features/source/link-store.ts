import { create } from "zustand";
import { addLink, deleteRecording, readLink } from "../../api/client";
import { type Problem, problemOf } from "../../api/problem";
import type { LinkPreview, Recording } from "../../api/types";
import { useNotice } from "../../app/notice";
import { looksLikeLink } from "./link-text";
import { readStretch, type Stretch, writeTime } from "./link-time";
import { begin, useSource } from "./source-store";

const TYPING_MS = 250;

/** What the server makes of the text in the box. */
export type Reading =
  | { kind: "none" }
  | { kind: "asking" }
  | { kind: "understood"; preview: LinkPreview }
  | { kind: "refused"; problem: Problem };

interface LinkState {
  text: string;
  /** The two ends of the stretch, as typed. */
  start: string;
  end: string;
  reading: Reading;
  /** It came with the page's address, so nobody here has asked for it yet. */
  offered: boolean;
  /** The link is being handed over. */
  sending: boolean;
  /** A recording that failed with nothing to keep: it goes when this link has taken its place. */
  replaces: string | null;
  type: (text: string) => void;
  setStart: (start: string) => void;
  setEnd: (end: string) => void;
  /** A whole link at once: pasted, dropped, or of the page's address. */
  take: (text: string, from?: { offered?: boolean; replaces?: Recording }) => void;
  clear: () => void;
  listen: () => Promise<void>;
  /** Fetches a recording's link anew and shows it in the recording's place. */
  fetchAgain: (recording: Recording) => Promise<void>;
}

const EMPTY = {
  text: "",
  start: "",
  end: "",
  reading: { kind: "none" } as Reading,
  offered: false,
  sending: false,
  replaces: null,
};

const written = (seconds: number | null | undefined) => (seconds == null ? "" : writeTime(seconds));

export const useLink = create<LinkState>((set, get) => {
  let request: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const forget = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    request?.abort();
    request = null;
  };

  /** Asks the server. Half a link that is being typed is no mistake yet, so only `aloud` says what is wrong. */
  const read = async (text: string, aloud: boolean) => {
    forget();
    const asked = new AbortController();
    request = asked;
    set({ reading: { kind: "asking" } });
    try {
      const preview = await readLink(text.trim(), asked.signal);
      const { start } = get();
      set({
        reading: { kind: "understood", preview },
        start: start === "" ? written(preview.start_s) : start,
      });
    } catch (error) {
      if (asked.signal.aborted) return;
      set({ reading: aloud ? { kind: "refused", problem: problemOf(error) } : { kind: "none" } });
    }
  };

  const hand = async (url: string, stretch: Stretch, replaces: string | null, prompts: string[]) => {
    const recording = await addLink(url, stretch.startS, stretch.endS);
    await begin(recording, prompts);
    if (replaces === null) return;
    // The new one is on show already; should the old one stay, it is in the list and can be deleted there.
    await deleteRecording(replaces).catch((error: unknown) => useNotice.getState().show(problemOf(error)));
  };

  return {
    ...EMPTY,
    type: (text) => {
      forget();
      set({
        text,
        reading: { kind: "none" },
        offered: false,
        ...(text === "" ? { start: "", end: "" } : {}),
      });
      if (looksLikeLink(text)) timer = setTimeout(() => void read(text, false), TYPING_MS);
    },
    setStart: (start) => set({ start }),
    setEnd: (end) => set({ end }),
    take: (text, { offered = false, replaces } = {}) => {
      const { link } = replaces ?? {};
      set({
        ...EMPTY,
        text,
        offered,
        start: written(link?.start_s),
        end: written(link?.end_s),
        replaces: replaces?.id ?? null,
      });
      void read(text, true);
    },
    clear: () => {
      forget();
      set(EMPTY);
    },
    listen: async () => {
      const { text, start, end, sending, replaces } = get();
      const stretch = readStretch(start, end);
      if (sending || text.trim() === "" || typeof stretch === "string") return;
      forget();
      set({ sending: true });
      try {
        await hand(text.trim(), stretch, replaces, useSource.getState().prompts);
        set(EMPTY);
      } catch (error) {
        set({ sending: false, reading: { kind: "refused", problem: problemOf(error) } });
      }
    },
    fetchAgain: async (recording) => {
      const { link } = recording;
      if (!link || get().sending) return;
      set({ sending: true });
      try {
        const stretch = { startS: link.start_s, endS: link.end_s };
        await hand(link.url, stretch, recording.id, recording.prompts);
      } catch (error) {
        useNotice.getState().show(problemOf(error));
      } finally {
        set({ sending: false });
      }
    },
  };
});
