import { type ReactNode, type RefObject, useId } from "react";
import { useWords } from "../i18n/language";
import { Icon } from "./Icon";

/** A titled sheet in the browser's own modal dialog, which holds the focus and closes on Escape. */
export function Sheet(props: {
  dialog: RefObject<HTMLDialogElement | null>;
  title: string;
  wide?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  const { common } = useWords();
  return (
    <dialog ref={props.dialog} className={`keys${props.wide ? " keys-wide" : ""}`} aria-labelledby={id}>
      <div className="keys-head">
        <h2 id={id}>{props.title}</h2>
        <button
          type="button"
          className="icon-btn"
          aria-label={common.close}
          onClick={() => props.dialog.current?.close()}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      {props.children}
    </dialog>
  );
}
