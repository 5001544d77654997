import { useMemo } from "react";
import { useReview, useSession, useWorkspace } from "../session/context";
import type { Moment } from "./judge";

/** The moments that one steps through: those that the list shows and nobody rejected. */
export function useSteps(): Moment[] {
  const { review } = useWorkspace();
  const moments = useSession((state) => state.moments);
  const hidden = useSession((state) => state.hidden);
  const shownBy = useReview((state) => state.shownBy);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the steps follow from these
  return useMemo(() => review.steps(), [review, moments, hidden, shownBy]);
}
