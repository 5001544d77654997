import { type KeyboardEvent, useId, useState } from "react";

/** A field with a list of suggestions: which one is current, and the keys that move among them. */
export function useCombobox(count: number, onChoose: (index: number) => void) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const id = useId();
  const shown = open && count > 0;
  const active = shown && at < count ? at : -1;
  const close = () => {
    setOpen(false);
    setAt(-1);
  };
  const move = (step: number) => {
    setOpen(true);
    // Beyond either end lies the typed text itself.
    setAt(((active + 1 + step + count + 1) % (count + 1)) - 1);
  };
  return {
    id,
    open,
    shown,
    active,
    close,
    /** To be called when the text has changed. */
    typed: (text: string) => {
      setOpen(text.trim() !== "");
      setAt(-1);
    },
    /** Whether the key was used up. */
    onKeyDown: (event: KeyboardEvent): boolean => {
      if (event.nativeEvent.isComposing) return false;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp" && shown) move(-1);
      else if (event.key === "Enter" && active >= 0) onChoose(active);
      else if (event.key === "Escape" && open) {
        event.stopPropagation();
        close();
      } else return false;
      event.preventDefault();
      return true;
    },
    fieldProps: {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": shown,
      "aria-controls": id,
      "aria-activedescendant": active >= 0 ? `${id}-${active}` : undefined,
    } as const,
  };
}
