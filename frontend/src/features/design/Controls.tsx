import { useState } from "react";
import { ICON_NAMES, Icon } from "../../ui/Icon";
import { SiteIcon } from "../../ui/SiteIcon";
import { Part, State } from "./Part";

const KINDS = ["btn", "btn btn-go", "btn btn-danger", "btn btn-small"];
const NAMES: Record<string, string> = {
  btn: "Analyse again",
  "btn btn-go": "Listen",
  "btn btn-danger": "Delete",
  "btn btn-small": "Try now",
};

export function Controls() {
  return (
    <>
      <Part title="Buttons">
        {KINDS.map((kind) => (
          <ButtonStates key={kind} kind={kind} />
        ))}
        <State name="icon">
          <button type="button" className="icon-btn" aria-label="Zoom in">
            <Icon name="plus" />
          </button>
        </State>
        <State name="icon, focus">
          <button type="button" className="icon-btn design-focus" aria-label="Zoom in, focused">
            <Icon name="plus" />
          </button>
        </State>
        <State name="icon, disabled">
          <button type="button" className="icon-btn" aria-label="Zoom out" disabled>
            <Icon name="minus" />
          </button>
        </State>
      </Part>
      <Part title="Chips and pills">
        <Chips />
        <State name="small chip">
          <button type="button" className="chip chip-small">
            rain
          </button>
        </State>
        {(["ready", "busy", "failed"] as const).map((kind) => (
          <State key={kind} name={`pill, ${kind}`}>
            <span className="pill">
              <span className={`dot dot-${kind}`} aria-hidden="true" />
              Built-in tagger
            </span>
          </State>
        ))}
        <State name="keys">
          <kbd>ctrl</kbd> <kbd>K</kbd>
        </State>
      </Part>
      <Part title="Fields">
        <State name="empty">
          <input className="field" aria-label="Empty field" placeholder="dog barking; glass breaking" />
        </State>
        <State name="filled">
          <input className="field" aria-label="Filled field" defaultValue="church bell" />
        </State>
        <State name="focus">
          <input className="field design-focus" aria-label="Focused field" defaultValue="church bell" />
        </State>
        <State name="disabled">
          <input className="field" aria-label="Disabled field" defaultValue="church bell" disabled />
        </State>
        <State name="error">
          <input
            className="field"
            aria-label="Field with an error"
            aria-invalid="true"
            aria-describedby="design-field-error"
            defaultValue="https://example.org"
          />
          <p className="field-error" id="design-field-error">
            Links of this site cannot be fetched.
          </p>
        </State>
      </Part>
      <Part title="Icons">
        {ICON_NAMES.map((name) => (
          <State key={name} name={name}>
            <Icon name={name} size={22} />
          </State>
        ))}
        {["youtube", "soundcloud", "other"].map((site) => (
          <State key={site} name={site}>
            <SiteIcon site={site} size={22} />
          </State>
        ))}
      </Part>
    </>
  );
}

function ButtonStates({ kind }: { kind: string }) {
  const name = kind.split(" ").at(-1);
  return (
    <>
      <State name={`${name}`}>
        <button type="button" className={kind}>
          {NAMES[kind]}
        </button>
      </State>
      <State name={`${name}, focus`}>
        <button type="button" className={`${kind} design-focus`}>
          {NAMES[kind]}
        </button>
      </State>
      <State name={`${name}, disabled`}>
        <button type="button" className={kind} disabled>
          {NAMES[kind]}
        </button>
      </State>
    </>
  );
}

function Chips() {
  const [on, setOn] = useState(true);
  return (
    <>
      <State name="chip, on or off">
        <button type="button" className="chip" aria-pressed={on} onClick={() => setOn(!on)}>
          Animals
        </button>
      </State>
      <State name="chip, focus">
        <button type="button" className="chip design-focus">
          Music
        </button>
      </State>
    </>
  );
}
