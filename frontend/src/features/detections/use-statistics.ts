import { useEffect, useState } from "react";
import { getStatistics } from "../../api/client";
import { ApiError, type Problem, problemOf } from "../../api/problem";
import type { PromptStatistics } from "../../api/types";
import { throttled } from "../../lib/throttled";
import { useSession, useWorkspace } from "../session/context";
import { soundingPrompts, thresholdOf } from "../session/session-state";

const EVERY_MS = 700;

/** Numbers of every prompt over the whole recording, from the server, kept up with scores, thresholds and verdicts. */
export function useStatistics(): { rows: PromptStatistics[] | null; problem: Problem | null } {
  const { session } = useWorkspace();
  const [told, setTold] = useState<{ rows: PromptStatistics[] | null; problem: Problem | null }>({
    rows: null,
    problem: null,
  });
  // The server counts verdicts as it has them: these have to be there first.
  const ready = useSession((state) => state.unsaved === 0 && (state.recording?.analyzed_s ?? 0) > 0);
  useEffect(() => {
    if (!ready) return;
    let request = new AbortController();
    const ask = throttled(EVERY_MS, () => {
      request.abort();
      request = new AbortController();
      const state = session.store.getState();
      const prompts = soundingPrompts(state);
      const thresholds = prompts.map((prompt) => thresholdOf(state, prompt));
      if (prompts.length === 0) {
        setTold({ rows: [], problem: null });
        return;
      }
      const signal = AbortSignal.any([request.signal, session.requests]);
      getStatistics(session.id, prompts, thresholds, signal).then(
        ({ prompts: rows }) => setTold({ rows, problem: null }),
        (error: unknown) => {
          if (signal.aborted) return;
          // A server that is away is told of elsewhere; the numbers stay as they were.
          if (error instanceof ApiError && error.status > 0)
            setTold({ rows: null, problem: problemOf(error) });
        },
      );
    });
    ask();
    const forget = session.store.subscribe((now, before) => {
      const same =
        now.detections === before.detections &&
        now.matrixVersion === before.matrixVersion &&
        now.prompts === before.prompts;
      if (!same) ask();
    });
    return () => {
      forget();
      ask.cancel();
      request.abort();
    };
  }, [session, ready]);
  return told;
}
