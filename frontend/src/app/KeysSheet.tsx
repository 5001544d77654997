import { useEffect, useRef } from "react";
import { DisposableScope } from "../lib/disposable-scope";
import { Icon } from "../ui/Icon";
import { Sheet } from "../ui/Sheet";

const KEYS: ReadonlyArray<readonly [string, string]> = [
  ["space", "Play or pause"],
  ["← →", "Back or on by 5 s, with shift by 0.5 s"],
  ["home end", "To the beginning or the end"],
  ["N P", "Next or previous moment"],
  ["/", "Add a prompt"],
  ["+ −", "Zoom in or out"],
  ["0", "Show all"],
  ["?", "This list"],
];

/** All keys, in the browser's own modal dialog (which holds the focus and closes on Escape). */
export function KeysSheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const scope = new DisposableScope();
    scope.listen<Window, KeyboardEvent>(window, "keydown", (event) => {
      if (event.key !== "?" || event.ctrlKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.matches("input, textarea, select")) return;
      if (dialog.current?.open) dialog.current.close();
      else dialog.current?.showModal();
    });
    return () => scope.dispose();
  }, []);
  return (
    <>
      <button
        type="button"
        className="icon-btn"
        aria-label="Keys"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="help" />
      </button>
      <Sheet dialog={dialog} title="Keys">
        <dl>
          {KEYS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Sheet>
    </>
  );
}
