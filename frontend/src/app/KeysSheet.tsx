import { useEffect, useRef } from "react";
import { useWords } from "../i18n/language";
import { DisposableScope } from "../lib/disposable-scope";
import { Icon } from "../ui/Icon";
import { Sheet } from "../ui/Sheet";

/** All keys, and what a pointer does, in the browser's own modal dialog (which holds the focus and closes on Escape). */
export function KeysSheet() {
  const { app } = useWords();
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
        aria-label={app.keys}
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="help" />
      </button>
      <Sheet dialog={dialog} title={app.keys} wide>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <section className="keys-scroll" tabIndex={0} aria-label={app.allKeys}>
          {app.keyGroups.map(({ title, keys }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {keys.map(([names, what]) => (
                  <div key={names}>
                    <dt>
                      {names.split(" ").map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          <section>
            <h3>{app.withAMouse}</h3>
            <dl className="keys-pointer">
              {app.pointer.map(([how, what]) => (
                <div key={how}>
                  <dt>{how}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        </section>
      </Sheet>
    </>
  );
}
