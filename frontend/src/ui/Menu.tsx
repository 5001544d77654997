import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { DisposableScope } from "../lib/disposable-scope";

/** A button that opens a small panel; Escape, a click elsewhere and leaving it with Tab close it. */
export function Menu(props: {
  label: ReactNode;
  className?: string;
  ariaLabel?: string;
  disabled?: boolean;
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const scope = new DisposableScope();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    scope.listen(document, "pointerdown", outside);
    scope.listen(document, "focusin", outside);
    scope.listen<Document, KeyboardEvent>(document, "keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // This Escape is spent: it clears nothing behind the menu.
      setOpen(false);
      trigger.current?.focus();
    });
    return () => scope.dispose();
  }, [open]);

  return (
    <div className="menu" ref={root}>
      <button
        type="button"
        ref={trigger}
        className={props.className ?? "btn"}
        aria-label={props.ariaLabel}
        aria-expanded={open}
        aria-controls={id}
        disabled={props.disabled}
        onClick={() => setOpen(!open)}
      >
        {props.label}
      </button>
      <div id={id} className="menu-panel" hidden={!open}>
        {open && props.children(() => setOpen(false))}
      </div>
    </div>
  );
}
