import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { useWorkspace } from "../session/context";
import { type Command, commandsFor, goToCommand } from "./commands";
import { matching } from "./match";

/** Everything the page can do, by its name: ctrl and K, a few letters, Enter. A time goes there. */
export function CommandPalette() {
  const { commands: words } = useWords();
  const workspace = useWorkspace();
  const dialog = useRef<HTMLDialogElement>(null);
  const [commands, setCommands] = useState<Command[]>([]);
  const [open, setOpen] = useState(false);
  const [opened, setOpened] = useState(0);

  useEffect(() => {
    const scope = new DisposableScope();
    scope.listen<Window, globalThis.KeyboardEvent>(window, "keydown", (event) => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      if (dialog.current?.open) {
        dialog.current.close();
        return;
      }
      if (document.querySelector("dialog[open]")) return;
      setCommands(commandsFor(workspace));
      setOpen(true);
      // Opened again before it was told that it is closed, it is empty all the same.
      setOpened((times) => times + 1);
      dialog.current?.showModal();
    });
    return () => scope.dispose();
  }, [workspace]);

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.title}
      // The event comes late: by then the palette may have been opened again.
      onClose={(event) => setOpen(event.currentTarget.open)}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      {open && (
        <Choice
          key={opened}
          commands={commands}
          onChoose={(command) => {
            // First closed, so that what the command puts the focus on keeps it.
            dialog.current?.close();
            command.run();
          }}
        />
      )}
    </dialog>
  );
}

function Choice(props: { commands: readonly Command[]; onChoose: (command: Command) => void }) {
  const { commands: words } = useWords();
  const workspace = useWorkspace();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = [...goToCommand(workspace, typed), ...matching(props.commands, typed)];
  const current = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) setAt(Math.min(Math.max(0, current + step), Math.max(0, found.length - 1)));
    else if (event.key === "Enter" && found[current]) props.onChoose(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette was opened to type into it
        autoFocus
        className="palette-field"
        role="combobox"
        aria-label={words.command}
        aria-expanded={true}
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
        placeholder={words.placeholder}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} role="listbox" aria-label={words.title} className="palette-list" tabIndex={-1}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={command.title}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className="palette-item"
            onClick={() => props.onChoose(command)}
          >
            <span lang={command.lang}>{command.title}</span>
            {command.keys && (
              <span className="palette-keys">
                {command.keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </span>
            )}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className="palette-none" role="status">
          {words.none}
        </p>
      )}
    </>
  );
}
