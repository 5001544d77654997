import { type PointerEvent, useEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { useSession, useWorkspace } from "../session/context";
import { PromptRow } from "./PromptRow";
import { moved } from "./row-order";

interface Drag {
  prompt: string;
  from: number;
  to: number;
  byPx: number;
}

/** The labels of the map's rows. They are put in order by dragging their grips, or with the arrow keys on them. */
export function PromptRows({ rowHeight }: { rowHeight: number }) {
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const prompts = useSession((state) => state.prompts);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [spoken, setSpoken] = useState("");
  const scope = useRef<DisposableScope | null>(null);
  useEffect(() => () => scope.current?.dispose(), []);

  const move = (prompt: string, from: number, to: number) => {
    if (from === to || to < 0 || to >= prompts.length) return;
    session.setPrompts(moved(prompts, from, to));
    setSpoken(words.isRow(prompt, to + 1, prompts.length));
  };

  const grab = (prompt: string, from: number, event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.focus();
    const startY = event.clientY;
    const dragging = new DisposableScope();
    scope.current = dragging;
    let latest: Drag = { prompt, from, to: from, byPx: 0 };
    dragging.listen<Window, globalThis.PointerEvent>(window, "pointermove", ({ clientY }) => {
      const byPx = clientY - startY;
      const to = Math.min(Math.max(0, from + Math.round(byPx / rowHeight)), prompts.length - 1);
      latest = { prompt, from, to, byPx };
      setDrag(latest);
    });
    const end = (keep: boolean) => {
      dragging.dispose();
      setDrag(null);
      if (keep) move(prompt, latest.from, latest.to);
    };
    dragging.listen(window, "pointerup", () => end(true));
    dragging.listen(window, "pointercancel", () => end(false));
    dragging.listen<Window, KeyboardEvent>(window, "keydown", (key) => {
      if (key.key !== "Escape") return;
      key.stopImmediatePropagation();
      end(false);
    });
  };

  return (
    <div className="labels">
      <ul aria-label={words.title}>
        {prompts.map((prompt, index) => (
          <PromptRow
            key={prompt}
            prompt={prompt}
            draggedPx={drag?.prompt === prompt ? drag.byPx : null}
            onMove={(by) => move(prompt, index, index + by)}
            onGrab={(event) => grab(prompt, index, event)}
          />
        ))}
      </ul>
      {drag && drag.to !== drag.from && (
        <div
          className="row-drop"
          style={{ top: (drag.to + (drag.to > drag.from ? 1 : 0)) * rowHeight - 1 }}
          aria-hidden="true"
        />
      )}
      <p className="visually-hidden" role="status">
        {spoken}
      </p>
    </div>
  );
}
