import { useEffect, useState } from "react";
import { getScores } from "../../api/client";
import { useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { spanOf } from "./geometry";
import { ScoreMatrix } from "./score-matrix";
import { useSettledView } from "./use-settled-view";

export interface Detail {
  matrix: ScoreMatrix;
  startS: number;
  endS: number;
}

const COLUMNS = 2000;
const SETTLE_MS = 150;

/**
 * Finer scores for the stretch on show. The matrix of a long recording is pooled to some thousands of columns;
 * once the view is zoomed in far enough to see them as steps, that stretch is fetched by itself.
 */
export function useDetail(): Detail | null {
  const { session } = useWorkspace();
  const view = useSettledView(SETTLE_MS);
  const durationS = useView((state) => state.durationS);
  const prompts = useSession((state) => state.prompts);
  const frameS = useSession((state) => state.recording?.seconds_per_frame ?? null);
  const running = useSession((state) => isRunning(state.recording));
  const version = useSession((state) => (isRunning(state.recording) ? 0 : state.matrixVersion));
  const [detail, setDetail] = useState<Detail | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other scores at the end of a run need another look
  useEffect(() => {
    const pooledS = session.matrix.secondsPerColumn;
    const wantedS = spanOf(view) / COLUMNS;
    const coarse = frameS !== null && pooledS !== null && pooledS > frameS * 1.01 && pooledS > wantedS * 1.5;
    if (!coarse || running || prompts.length === 0) {
      setDetail(null);
      return;
    }
    const request = new AbortController();
    const margin = spanOf(view) / 4;
    const span = {
      fromS: Math.max(0, view.startS - margin),
      toS: Math.min(durationS, view.endS + margin),
      maxColumns: COLUMNS,
    };
    getScores(session.id, prompts, span, AbortSignal.any([request.signal, session.requests])).then(
      (scores) => {
        const matrix = new ScoreMatrix(prompts, scores.start_s);
        matrix.load(prompts, scores.seconds_per_column, scores.scores, span.toS);
        setDetail({ matrix, startS: span.fromS, endS: span.toS });
      },
      () => undefined, // The pooled map stays on show.
    );
    return () => request.abort();
  }, [session, view, durationS, prompts, frameS, running, version]);

  return detail;
}
