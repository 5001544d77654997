import { useMemo } from "react";
import { chaptersOf, type Part } from "./chapters";
import { useSession, useView } from "./context";

export function useChapters(): Part[] {
  const recording = useSession((state) => state.recording);
  const durationS = useView((state) => state.durationS);
  return useMemo(() => chaptersOf(recording, durationS), [recording, durationS]);
}
