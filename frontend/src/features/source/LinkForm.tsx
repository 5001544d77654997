import { type FormEvent, useState } from "react";
import { Icon } from "../../ui/Icon";
import { useSource } from "./source-store";

/** The box for a link. What the server says of links is what the page says. */
export function LinkForm(props: { placeholder: string }) {
  const [url, setUrl] = useState("");
  const link = useSource((state) => state.link);
  const busy = useSource((state) => state.transfer !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() !== "") void link(url.trim());
  };
  return (
    <form className="link-form" onSubmit={submit}>
      <Icon name="link" size={16} />
      <input
        className="link-field"
        type="text"
        inputMode="url"
        aria-label="Link to a recording"
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <button type="submit" className="pill-go" disabled={busy || url.trim() === ""}>
        Listen
      </button>
    </form>
  );
}
