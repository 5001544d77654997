import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import type { ModelChoice } from "../../api/client";
import { useWords } from "../../i18n/language";
import { Sheet } from "../../ui/Sheet";
import { ListsBrowser } from "./ListsBrowser";
import type { ListRow } from "./list-format";
import { useListsDialog } from "./lists-dialog";

export interface ListsProps {
  model: ModelChoice;
  /** The rows on the page, to be kept as a list. */
  present: readonly ListRow[];
  onUse: (rows: ListRow[], how: "add" | "replace") => void;
}

/** All lists of sounds, the ready-made and the reader's own, in a sheet. */
export function ListsDialog(props: ListsProps) {
  const { lists } = useWords().prompts;
  const dialog = useRef<HTMLDialogElement>(null);
  const open = useListsDialog((state) => state.open);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    const closed = () => useListsDialog.getState().hide();
    element.addEventListener("close", closed);
    return () => {
      element.removeEventListener("close", closed);
      closed();
    };
  }, []);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  // Outside the stage, which hears the wheel and the keys of everything inside it.
  return createPortal(
    <Sheet dialog={dialog} title={lists.title} wide>
      {open && (
        <ListsBrowser
          {...props}
          onUse={(rows, how) => {
            props.onUse(rows, how);
            dialog.current?.close();
          }}
        />
      )}
    </Sheet>,
    document.body,
  );
}
