import { useEffect, useState } from "react";
import { useNotice } from "../../app/notice";
import { DisposableScope } from "../../lib/disposable-scope";
import { filesOfDrop } from "./chosen-files";
import { useSource } from "./source-store";

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

const unreadable = () =>
  useNotice.getState().show({
    code: "unreadable_drop",
    message: "The browser could not read what was dropped.",
    hint: "Check that the files are still there, or choose them with the button.",
  });

/** Files and folders may be dropped anywhere on the page; while some hover, the page says so. */
export function DropOverlay() {
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
        <strong>Drop it to listen</strong>
        <span>Audio or video: a file, several, or a folder</span>
      </div>
    </div>
  );
}
