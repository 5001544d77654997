import { useEffect, useRef } from "react";
import { DisposableScope } from "../lib/disposable-scope";
import { Icon } from "../ui/Icon";
import { Sheet } from "../ui/Sheet";

const GROUPS: ReadonlyArray<{ title: string; keys: ReadonlyArray<readonly [string, string]> }> = [
  {
    title: "Listen",
    keys: [
      ["space K", "Play or pause"],
      ["← →", "Back or on by 5 s, with shift by 1 s"],
      ["J L", "Back or on by 10 s"],
      [", .", "Back or on by one frame of the model"],
      ["home end", "To the beginning or the end"],
      ["N P", "Next or previous moment"],
      ["W", "Large words: what sounds, over the whole screen"],
    ],
  },
  {
    title: "Judge moments",
    keys: [
      ["↑ ↓", "In the list: from moment to moment"],
      ["enter", "In the list: play it alone"],
      ["A X", "Accept or reject the moment in hand, or the one under the playhead"],
      ["delete", "In the list: hide it"],
      ["[ ]", "In the list: widen it by a frame, with shift narrow it"],
    ],
  },
  {
    title: "Look",
    keys: [
      ["+ −", "Zoom in or out"],
      ["0", "Show all"],
      ["F", "Follow the analysis"],
      ["I", "Why, why not: the score at the pointer or the playhead"],
    ],
  },
  {
    title: "Select",
    keys: [
      ["[ ]", "Selection from or to the playhead"],
      ["Z", "Zoom to the selection"],
      ["R", "Play it over and over, or not"],
      ["esc", "Clear it"],
    ],
  },
  {
    title: "Prompts and the rest",
    keys: [
      ["/", "Add a prompt; arrows choose a suggestion"],
      ["|", "Between wordings: either of them, the one heard most"],
      [">", "Between wordings: how much more the first is heard"],
      ["alt ↑ ↓", "Move the row whose name has the focus"],
      ["ctrl Z", "Undo, with shift redo"],
      ["ctrl K", "Every command by its name; a time goes there"],
      ["?", "This list"],
    ],
  },
];

const POINTER: ReadonlyArray<readonly [string, string]> = [
  ["Click", "The playhead goes there"],
  ["Drag", "Selects time; its edges can be dragged"],
  ["Drag the time axis", "Moves the recording, as shift or the middle button do anywhere"],
  ["Drag the playhead's handle", "Scrubs"],
  ["Drag a row's grip", "Moves the row"],
  ["Click a row's name", "Its words, wordings, threshold and colour"],
  ["Drag a row's threshold", "Sets it for that row alone; a double click shares it again"],
  ["Wheel", "Zooms at the pointer; with shift, or sideways, it moves the recording"],
  ["Double click", "Shows all"],
  ["One finger", "Taps go there, drags move the recording; a long press selects"],
  ["Two fingers", "Zoom and move"],
];

/** All keys, and what a pointer does, in the browser's own modal dialog (which holds the focus and closes on Escape). */
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
      <Sheet dialog={dialog} title="Keys" wide>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <section className="keys-scroll" tabIndex={0} aria-label="All keys">
          {GROUPS.map(({ title, keys }) => (
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
            <h3>With a mouse or by touch</h3>
            <dl className="keys-pointer">
              {POINTER.map(([how, what]) => (
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
