import { type CSSProperties, type RefObject, useEffect, useRef } from "react";
import { useWords } from "../../i18n/language";
import { useCompact } from "../../ui/use-compact";
import { MomentEdges } from "../detections/MomentEdges";
import { AddPrompt } from "../prompts/AddPrompt";
import { PromptRows } from "../prompts/PromptRows";
import { useWorkspace } from "../session/context";
import { FollowChip } from "./FollowChip";
import { HeatMap } from "./HeatMap";
import { Lanes } from "./Lanes";
import { Playhead } from "./Playhead";
import { ReadOut } from "./ReadOut";
import { Selection } from "./Selection";
import { StageTools } from "./StageTools";
import { useStagePointer } from "./use-stage-pointer";

const ROW_PX = 34;
const ROW_TOUCH_PX = 44;

/** Lanes and map on one time axis, under one playhead. */
export function Stage() {
  const { timeline } = useWords();
  const stage = useRef<HTMLDivElement>(null);
  const tracks = useRef<HTMLDivElement>(null);
  const heat = useRef<HTMLDivElement>(null);
  const rowHeight = useCompact() ? ROW_TOUCH_PX : ROW_PX;
  useShownStretch(stage);
  useStagePointer({ stage, tracks, heat, rowHeight });
  const style = { "--row": `${rowHeight}px` } as CSSProperties;
  return (
    <div className="stage" style={style}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="stage-scroll" ref={stage} tabIndex={0} aria-label={timeline.name}>
        <div className="axis-bound">
          <div className="tracks" ref={tracks}>
            <Selection />
            <Playhead />
            <ReadOut />
          </div>
          <Lanes />
          <div className="rows">
            <PromptRows rowHeight={rowHeight} />
            <div className="heat" ref={heat}>
              <HeatMap rowHeight={rowHeight} />
            </div>
            <MomentEdges rowHeight={rowHeight} />
          </div>
        </div>
        <div className="stage-foot">
          <AddPrompt />
          <FollowChip />
          <StageTools />
        </div>
      </section>
    </div>
  );
}

/** Says on the stage itself, in seconds, which stretch it shows; past React, for the view moves with the pointer. */
function useShownStretch(stage: RefObject<HTMLElement | null>): void {
  const { viewport } = useWorkspace();
  useEffect(() => {
    const tell = () => {
      const { startS, endS } = viewport.store.getState().view;
      if (stage.current) stage.current.dataset.shownS = `${startS.toFixed(3)} ${endS.toFixed(3)}`;
    };
    tell();
    return viewport.store.subscribe(tell);
  }, [stage, viewport]);
}
