import { useEffect, useState } from "react";
import { getScores } from "../../api/client";
import { useSession, useWorkspace } from "../session/context";
import type { View } from "./geometry";
import { ScoreMatrix } from "./score-matrix";

const MOST_COLUMNS = 20_000;
const SETTLE_MS = 150;

export interface ExactScores {
  matrix: ScoreMatrix;
  /** Every frame counts by itself; otherwise several were pooled by their maximum. */
  exact: boolean;
}

/** Scores of a stretch frame by frame: those on the page where they are fine enough, else the server's. */
export function useExactScores(span: View | null): ExactScores {
  const { session } = useWorkspace();
  const prompts = useSession((state) => state.prompts);
  const frameS = useSession((state) => state.recording?.seconds_per_frame ?? null);
  const version = useSession((state) => state.matrixVersion);
  const [fetched, setFetched] = useState<{ span: View; matrix: ScoreMatrix } | null>(null);
  const pooledS = session.matrix.secondsPerColumn;
  const pooled = frameS !== null && pooledS !== null && pooledS > frameS * 1.01;

  // biome-ignore lint/correctness/useExhaustiveDependencies: other scores need another look
  useEffect(() => {
    if (!pooled || !span) return;
    const request = new AbortController();
    const timer = setTimeout(() => {
      const wanted = { fromS: span.startS, toS: span.endS, maxColumns: MOST_COLUMNS };
      getScores(session.id, prompts, wanted, AbortSignal.any([request.signal, session.requests])).then(
        (scores) => {
          const matrix = new ScoreMatrix(prompts, scores.start_s);
          matrix.load(prompts, scores.seconds_per_column, scores.scores, span.endS);
          setFetched({ span, matrix });
        },
        () => undefined, // The pooled scores stay in use, and say so.
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [session, span, prompts, pooled, version]);

  if (!pooled) return { matrix: session.matrix, exact: true };
  if (fetched?.span !== span) return { matrix: session.matrix, exact: false };
  const columnS = fetched.matrix.secondsPerColumn;
  return { matrix: fetched.matrix, exact: columnS !== null && columnS <= frameS * 1.01 };
}
