import { type CSSProperties, type KeyboardEvent, type PointerEvent, useState } from "react";
import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSession, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";
import { useScoreHere } from "../session/use-score-here";
import { RowEditor } from "./RowEditor";
import { RowMeter } from "./RowMeter";
import { RowWords } from "./RowWords";
import { rowColour } from "./row-colours";
import { splitPrompts } from "./split";

/** A prompt as the label of its row: what it scores under the playhead, and where it is changed, moved or removed. */
export function PromptRow(props: {
  prompt: string;
  /** Pixels the row is dragged away from its place, null while it is not. */
  draggedPx: number | null;
  onMove: (by: number) => void;
  onGrab: (event: PointerEvent<HTMLElement>) => void;
}) {
  const { prompt, draggedPx, onMove } = props;
  const { session } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const covered = useSession((state) => state.infos[prompt]?.covered ?? true);
  const matched = useSession((state) => state.infos[prompt]?.matched ?? null);
  const muted = useSession((state) => state.rows[prompt]?.muted ?? false);
  const note = useSession((state) => state.infos[prompt]?.note ?? null);
  const threshold = useSession((state) => thresholdOf(state, prompt));
  const score = useScoreHere(prompt);
  const known = covered && !Number.isNaN(score);
  const on = known && !muted && score >= threshold;
  const colour = useSession((state) => state.rows[prompt]?.colour);
  const change = (replacements: string[]) => session.replaceRow(prompt, replacements);

  if (editing) {
    return (
      <li className="row row-editing">
        <RowEditor
          prompt={prompt}
          onMove={onMove}
          onDone={(text) => {
            setEditing(false);
            const replacements = text === null ? [prompt] : splitPrompts(text);
            if (replacements.join(";") !== prompt) change(replacements);
          }}
        />
      </li>
    );
  }
  return (
    <li
      className={`row${on ? " row-on" : ""}${draggedPx === null ? "" : " row-dragged"}`}
      style={{ ...dragStyle(draggedPx), "--mark": rowColour(colour) } as CSSProperties}
      data-covered={covered}
      data-muted={muted || undefined}
    >
      <span className="row-mark" aria-hidden="true" />
      <button
        type="button"
        className="row-grip"
        aria-label={`Move ${prompt} up or down`}
        onPointerDown={props.onGrab}
        onKeyDown={(event) => moveByKey(event, onMove)}
      >
        <Icon name="grip" size={14} />
      </button>
      <button
        type="button"
        className="row-name"
        title={matched && matched !== prompt ? `${prompt}, heard as ${matched}` : prompt}
        aria-label={note === null ? `${prompt}, change` : `${prompt}, change. ${note}`}
        onClick={() => setEditing(true)}
        onKeyDown={(event) => event.altKey && moveByKey(event, onMove)}
      >
        <RowWords prompt={prompt} />
      </button>
      <RowTag prompt={prompt} />
      <span className="row-score num">{known ? formatScore(score) : ""}</span>
      <span className="row-tools">
        <button
          type="button"
          className="row-tool"
          aria-label={`Mute ${prompt}`}
          aria-pressed={muted}
          onClick={() => session.setRow(prompt, { muted: !muted })}
        >
          <Icon name={muted ? "hidden" : "shown"} size={15} />
        </button>
        <button type="button" className="row-tool" aria-label={`Remove ${prompt}`} onClick={() => change([])}>
          <Icon name="close" size={14} />
        </button>
      </span>
      {covered && <RowMeter prompt={prompt} />}
    </li>
  );
}

/** What there is to know of how the model takes the prompt, in a word or two. */
function RowTag({ prompt }: { prompt: string }) {
  const info = useSession((state) => state.infos[prompt]);
  if (!info) return null;
  const { covered, note, wordings } = info;
  const known = wordings.filter((wording) => wording.covered).length;
  const words = !covered
    ? "not covered"
    : known < wordings.length
      ? `${known} of ${wordings.length} known`
      : note !== null
        ? "cut"
        : null;
  if (words === null) return null;
  return (
    <span className="tag" title={note ?? undefined}>
      {words}
    </span>
  );
}

function dragStyle(draggedPx: number | null): CSSProperties {
  return draggedPx === null ? {} : { transform: `translateY(${draggedPx}px)` };
}

function moveByKey(event: KeyboardEvent, onMove: (by: number) => void): void {
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (by === 0) return;
  event.preventDefault();
  onMove(by);
}
