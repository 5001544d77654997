import { type CSSProperties, type KeyboardEvent, type PointerEvent, useState } from "react";
import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSession, useWorkspace } from "../session/context";
import { noteOf } from "../session/prompt-note";
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
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const covered = useSession((state) => state.infos[prompt]?.covered ?? true);
  const matched = useSession((state) => state.infos[prompt]?.matched ?? null);
  const muted = useSession((state) => state.rows[prompt]?.muted ?? false);
  const note = useSession((state) => noteOf(state.infos[prompt]));
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
        aria-label={words.move(prompt)}
        onPointerDown={props.onGrab}
        onKeyDown={(event) => moveByKey(event, onMove)}
      >
        <Icon name="grip" size={14} />
      </button>
      <button
        type="button"
        className="row-name"
        title={matched && matched !== prompt ? words.heardAs(prompt, matched) : prompt}
        aria-label={note === null ? words.change(prompt) : `${words.change(prompt)}. ${note}`}
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
          aria-label={words.muteRow(prompt)}
          aria-pressed={muted}
          onClick={() => session.setRow(prompt, { muted: !muted })}
        >
          <Icon name={muted ? "hidden" : "shown"} size={15} />
        </button>
        <button
          type="button"
          className="row-tool"
          aria-label={words.remove(prompt)}
          onClick={() => change([])}
        >
          <Icon name="close" size={14} />
        </button>
      </span>
      {covered && <RowMeter prompt={prompt} />}
    </li>
  );
}

/** What there is to know of how the model takes the prompt, in a word or two. */
function RowTag({ prompt }: { prompt: string }) {
  const { prompts: words } = useWords();
  const info = useSession((state) => state.infos[prompt]);
  if (!info) return null;
  const { covered, wordings } = info;
  const note = noteOf(info);
  const known = wordings.filter((wording) => wording.covered).length;
  const tag = !covered
    ? words.notCovered
    : known < wordings.length
      ? words.someKnown(known, wordings.length)
      : note !== null
        ? words.cut
        : null;
  if (tag === null) return null;
  return (
    <span className="tag" title={note ?? undefined}>
      {tag}
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
