import { useEffect, useRef } from "react";
import { formatClockTenths } from "../../lib/format";
import { usePlayback, useView, useWorkspace } from "../session/context";
import { timeToX } from "./geometry";

/**
 * The one moving line. It is as wide as the tracks and slides by a transform, so that following the sound moves
 * one layer on the compositor and repaints nothing.
 */
export function Playhead() {
  const { player } = useWorkspace();
  const view = useView((state) => state.view);
  const durationS = useView((state) => state.durationS);
  const positionS = usePlayback((state) => state.positionS);
  const line = useRef<HTMLDivElement>(null);

  useEffect(
    () =>
      player.onFrame((nowS) => {
        if (!line.current) return;
        const percent = timeToX(view, 100, nowS);
        line.current.style.transform = `translateX(${percent}%)`;
        // Out of sight it is still there for those who go by the keyboard.
        line.current.toggleAttribute("data-away", percent < 0 || percent > 100);
      }),
    [player, view],
  );

  return (
    <div
      ref={line}
      className="playhead"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS * 10) / 10}
      aria-valuenow={Math.round(positionS * 10) / 10}
      aria-valuetext={`${formatClockTenths(positionS)} of ${formatClockTenths(durationS)}`}
    >
      <div className="playhead-cap" />
    </div>
  );
}
