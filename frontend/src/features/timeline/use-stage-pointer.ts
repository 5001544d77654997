import { type RefObject, useEffect } from "react";
import { useWorkspace } from "../session/context";
import { StagePointer } from "./stage-pointer";

interface StageElements {
  stage: RefObject<HTMLElement | null>;
  tracks: RefObject<HTMLElement | null>;
  heat: RefObject<HTMLElement | null>;
  rowHeight: number;
}

/** Puts the pointer to work on the stage for as long as it is on the page. */
export function useStagePointer({ stage, tracks, heat, rowHeight }: StageElements): void {
  const { session, viewport, player, review, seek } = useWorkspace();
  useEffect(() => {
    const area = stage.current;
    if (!area) return;
    const parts = {
      area,
      tracks: () => tracks.current,
      heat: () => heat.current,
      rowHeight,
      rows: () => session.store.getState().prompts.length,
    };
    const pointer = new StagePointer(parts, {
      viewport,
      seek,
      onClick: (place) => {
        viewport.clearSelection();
        seek(place.timeS);
        const { prompts } = session.store.getState();
        review.chooseAt(place.row === null ? undefined : prompts[place.row], place.timeS);
      },
      onSelected: () => {
        const { selection } = viewport.store.getState();
        const { positionS } = player;
        const inside = selection && positionS >= selection.startS && positionS < selection.endS;
        if (selection && !inside) seek(selection.startS);
      },
    });
    return () => pointer.dispose();
  }, [stage, tracks, heat, rowHeight, session, viewport, player, review, seek]);
}
