import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useCompact } from "../../ui/use-compact";
import { useSession, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";
import { RowColours } from "./RowColours";
import { RowWordings } from "./RowWordings";

/**
 * All that can be done to a row. Enter keeps the new words (semicolons make several prompts, `|` and `>` a prompt of
 * several wordings), Escape the old ones, empty words remove the row.
 */
export function RowEditor(props: {
  prompt: string;
  onMove: (by: number) => void;
  onDone: (text: string | null) => void;
}) {
  const { prompt } = props;
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const [text, setText] = useState(prompt);
  const threshold = useSession((state) => thresholdOf(state, prompt));
  const own = useSession((state) => state.rows[prompt]?.threshold !== undefined);
  const muted = useSession((state) => state.rows[prompt]?.muted ?? false);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const join = (sign: string) => {
    setText((typed) => (typed.trim() === "" ? "" : `${typed.trim()} ${sign} `));
    field.current?.focus();
  };
  const compact = useCompact();
  useEffect(() => {
    if (compact) {
      // A sheet over the page. The keyboard of a phone comes only when the words are touched.
      form.current?.showPopover();
      form.current?.focus();
    } else {
      field.current?.focus();
      // The editor of the last row hangs out below the map.
      form.current?.scrollIntoView({ block: "nearest" });
    }
  }, [compact]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onDone(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    props.onDone(null);
  };
  return (
    <form
      ref={form}
      className="row-form"
      popover={compact ? "manual" : undefined}
      tabIndex={-1}
      onSubmit={submit}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) props.onDone(text);
      }}
    >
      <input
        ref={field}
        className="field"
        aria-label={words.changeWords(prompt)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => text === prompt && event.target.select()}
      />
      <RowWordings prompt={prompt} onSign={join} />
      <label className="row-form-threshold">
        <span className="num">
          {own ? words.above(formatScore(threshold)) : words.aboveAsAll(formatScore(threshold))}
        </span>
        <input
          type="range"
          aria-label={words.scoreToReach(prompt)}
          min={0.01}
          max={0.99}
          step={0.01}
          value={threshold}
          onChange={(event) => session.setRow(prompt, { threshold: Number(event.target.value) })}
        />
      </label>
      <RowColours prompt={prompt} />
      <div className="row-form-actions">
        <button
          type="button"
          className="btn btn-small"
          aria-pressed={muted}
          onClick={() => session.setRow(prompt, { muted: !muted })}
        >
          {muted ? words.unmute : words.mute}
        </button>
        {own && (
          <button
            type="button"
            className="btn btn-small"
            onClick={() => session.setRow(prompt, { threshold: undefined })}
          >
            {words.sharedThreshold}
          </button>
        )}
        <span className="row-form-tools">
          <button
            type="button"
            className="icon-btn"
            aria-label={words.moveUp(prompt)}
            onClick={() => props.onMove(-1)}
          >
            <Icon name="up" size={16} />
          </button>
          <button
            type="button"
            className="icon-btn"
            aria-label={words.moveDown(prompt)}
            onClick={() => props.onMove(1)}
          >
            <Icon name="down" size={16} />
          </button>
          <button
            type="button"
            className="icon-btn"
            aria-label={words.remove(prompt)}
            onClick={() => props.onDone("")}
          >
            <Icon name="trash" size={16} />
          </button>
        </span>
      </div>
    </form>
  );
}
