import { useEffect, useRef } from "react";
import { useWords } from "../../i18n/language";
import { formatClockTenths } from "../../lib/format";
import { usePlayback, useView, useWorkspace } from "../session/context";
import { timeToX } from "./geometry";

/**
 * The one moving line. It is as wide as the tracks and slides by a transform, so that following the sound moves
 * one layer on the compositor and repaints nothing.
 */
export function Playhead() {
  const { player, viewport } = useWorkspace();
  const { timeline } = useWords();
  const durationS = useView((state) => state.durationS);
  const positionS = usePlayback((state) => state.positionS);
  const line = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const place = () => {
      if (!line.current) return;
      const percent = timeToX(viewport.store.getState().view, 100, player.positionS);
      line.current.style.transform = `translateX(${percent}%)`;
      // Out of sight it is still there for those who go by the keyboard.
      line.current.toggleAttribute("data-away", percent < 0 || percent > 100);
    };
    const forgetSound = player.onFrame(place);
    const forgetView = viewport.store.subscribe(place);
    return () => {
      forgetSound();
      forgetView();
    };
  }, [player, viewport]);

  return (
    <div
      ref={line}
      className="playhead"
      role="slider"
      tabIndex={0}
      aria-label={timeline.playhead}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS * 10) / 10}
      aria-valuenow={Math.round(positionS * 10) / 10}
      aria-valuetext={timeline.timeOf(formatClockTenths(positionS), formatClockTenths(durationS))}
    >
      <div className="playhead-cap" />
    </div>
  );
}
