import { type FormEvent, useRef } from "react";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { SiteIcon } from "../../ui/SiteIcon";
import { LinkPanel } from "./LinkPanel";
import { useLink } from "./link-store";
import { readStretch } from "./link-time";
import { useSource } from "./source-store";
import { useLinkCatcher } from "./use-link-catcher";

/** The box for a link, and below it what the server makes of the link. */
export function LinkForm(props: { placeholder: string }) {
  const { source } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const text = useLink((state) => state.text);
  const reading = useLink((state) => state.reading);
  const sending = useLink((state) => state.sending);
  const stretchIsRead = useLink((state) => typeof readStretch(state.start, state.end) !== "string");
  const { type, clear, listen } = useLink.getState();
  const busy = useSource((state) => state.transfer !== null);
  useLinkCatcher(field);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void listen();
  };
  return (
    <form className="link-box" onSubmit={submit}>
      <div className="link-form">
        {reading.kind === "understood" ? (
          <SiteIcon site={reading.preview.site} size={18} />
        ) : (
          <Icon name="link" size={16} />
        )}
        <input
          ref={field}
          className="link-field"
          type="text"
          inputMode="url"
          enterKeyHint="go"
          aria-label={source.linkLabel}
          placeholder={props.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && text !== "") {
              event.preventDefault();
              clear();
            }
          }}
        />
        {text !== "" && (
          <button
            type="button"
            className="icon-btn link-clear"
            aria-label={source.clearLink}
            onClick={() => {
              clear();
              field.current?.focus();
            }}
          >
            <Icon name="close" size={14} />
          </button>
        )}
        <button
          type="submit"
          className="pill-go"
          disabled={busy || sending || text.trim() === "" || !stretchIsRead}
        >
          {source.listen}
        </button>
      </div>
      <LinkPanel />
    </form>
  );
}
