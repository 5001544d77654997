import { useEffect, useState } from "react";
import { useWords } from "../../i18n/language";
import { useSession } from "../session/context";
import { isRunning } from "../session/session-state";
import { rescoredWords } from "./rescored-words";

const STAYS_MS = 8000;

/** Whether rows that were just added cost anything: stored frames are scored anew, and nothing is encoded. */
export function RescoredNote() {
  useWords(); // Said anew in another language.
  const rescoredMs = useSession((state) => state.rescoredMs);
  const running = useSession((state) => isRunning(state.recording));
  const unheard = useSession((state) => state.recording?.analyzed_s === 0);
  const [gone, setGone] = useState<number | null>(null);
  useEffect(() => {
    if (rescoredMs === null) return;
    const timer = setTimeout(() => setGone(rescoredMs), STAYS_MS);
    return () => clearTimeout(timer);
  }, [rescoredMs]);
  const shown = rescoredMs !== null && rescoredMs !== gone;
  return (
    <p className="rescored num" role="status">
      {shown && rescoredWords(rescoredMs, running, unheard)}
    </p>
  );
}
