import { useEffect, useState } from "react";
import { useNotice } from "../../app/notice";
import { useWords, words } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { filesOfDrop } from "./chosen-files";
import { useSource } from "./source-store";

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

function unreadable(): void {
  const { source } = words();
  const problem = {
    code: "unreadable_drop",
    message: source.dropUnreadable,
    hint: source.dropUnreadableHint,
  };
  useNotice.getState().show(problem);
}

/** Files and folders may be dropped anywhere on the page; while some hover, the page says so. */
export function DropOverlay() {
  const { source } = useWords();
  const [over, setOver] = useState(false);
  const send = useSource((state) => state.send);

  useEffect(() => {
    const scope = new DisposableScope();
    let depth = 0; // Entering a child fires before leaving its parent.
    scope.listen<Window, DragEvent>(window, "dragenter", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    });
    scope.listen<Window, DragEvent>(window, "dragover", (event) => {
      if (carriesFiles(event)) event.preventDefault();
    });
    scope.listen<Window, DragEvent>(window, "dragleave", (event) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    });
    scope.listen<Window, DragEvent>(window, "drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (event.dataTransfer) void filesOfDrop(event.dataTransfer).then(send, unreadable);
    });
    return () => scope.dispose();
  }, [send]);

  if (!over) return null;
  return (
    <div className="drop-overlay" aria-hidden="true">
      <div className="drop-words">
        <strong>{source.dropIt}</strong>
        <span>{source.dropWhat}</span>
      </div>
    </div>
  );
}
