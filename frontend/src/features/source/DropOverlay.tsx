import { useEffect, useState } from "react";
import { DisposableScope } from "../../lib/disposable-scope";
import { useSource } from "./source-store";

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** A file may be dropped anywhere on the page; while one hovers, the page says so. */
export function DropOverlay() {
  const [over, setOver] = useState(false);
  const upload = useSource((state) => state.upload);
  const busy = useSource((state) => state.transfer !== null);

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
      const file = event.dataTransfer?.files[0];
      if (file) void upload(file);
    });
    return () => scope.dispose();
  }, [upload]);

  if (!over) return null;
  return (
    <div className="drop-overlay" aria-hidden="true">
      <div className="drop-words">
        <strong>{busy ? "One file is on its way already" : "Drop it to listen"}</strong>
        <span>{busy ? "Wait for it, or cancel it first" : "Audio or video, one file"}</span>
      </div>
    </div>
  );
}
