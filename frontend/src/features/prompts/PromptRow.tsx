import { type FormEvent, type KeyboardEvent, useState } from "react";
import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { usePlayback, useSession, useWorkspace } from "../session/context";
import { replacePrompt, splitPrompts } from "./split";

/** A prompt as the label of its row: what it scores under the playhead, and where it is changed or removed. */
export function PromptRow({ prompt }: { prompt: string }) {
  const { session } = useWorkspace();
  const [editing, setEditing] = useState(false);
  const covered = useSession((state) => state.infos[prompt]?.covered ?? true);
  const matched = useSession((state) => state.infos[prompt]?.matched ?? null);
  const note = useSession((state) => state.infos[prompt]?.note ?? null);
  const threshold = useSession((state) => state.threshold);
  useSession((state) => state.matrixVersion);
  const score = usePlayback((state) => session.matrix.scoreAt(prompt, state.positionS));
  const known = covered && !Number.isNaN(score);
  const change = (replacements: string[]) =>
    session.setPrompts(replacePrompt(session.store.getState().prompts, prompt, replacements));

  if (editing) {
    return (
      <li className="row row-editing">
        <PromptEditor
          prompt={prompt}
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
    <li className={`row${known && score >= threshold ? " row-on" : ""}`} data-covered={covered}>
      <span className="row-mark" aria-hidden="true" />
      <button
        type="button"
        className="row-name"
        title={matched && matched !== prompt ? `${prompt}, heard as ${matched}` : prompt}
        aria-label={note === null ? `${prompt}, change` : `${prompt}, change. ${note}`}
        onClick={() => setEditing(true)}
      >
        {prompt}
      </button>
      {!covered && <span className="tag">not covered</span>}
      {note !== null && (
        <span className="tag" title={note}>
          cut
        </span>
      )}
      <span className="row-score num">{known ? formatScore(score) : ""}</span>
      <button type="button" className="row-remove" aria-label={`Remove ${prompt}`} onClick={() => change([])}>
        <Icon name="close" size={14} />
      </button>
    </li>
  );
}

/** Enter keeps the new words (semicolons make several prompts), Escape the old ones, empty words remove. */
function PromptEditor(props: { prompt: string; onDone: (text: string | null) => void }) {
  const [text, setText] = useState(props.prompt);
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
    <form className="row-form" onSubmit={submit}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the field appears because its label was pressed
        autoFocus
        className="field"
        aria-label={`Change ${props.prompt}`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          if (!event.currentTarget.form?.contains(event.relatedTarget)) props.onDone(text);
        }}
      />
      <button
        type="button"
        className="icon-btn"
        aria-label={`Remove ${props.prompt}`}
        onClick={() => props.onDone("")}
      >
        <Icon name="trash" size={16} />
      </button>
    </form>
  );
}
