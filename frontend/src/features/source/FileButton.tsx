import { type ReactNode, useRef } from "react";
import { ACCEPTED, filesOfList } from "./chosen-files";
import { useSource } from "./source-store";

interface ButtonProps {
  className: string;
  ariaLabel?: string;
  children: ReactNode;
}

/** A button that opens the system's file chooser and sends what is chosen, one file or many. */
export function FileButton(props: ButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const send = useSource((state) => state.send);
  return (
    <>
      <button
        type="button"
        className={props.className}
        aria-label={props.ariaLabel}
        title={props.ariaLabel}
        onClick={() => input.current?.click()}
      >
        {props.children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={ACCEPTED}
        onChange={(event) => {
          const chosen = filesOfList(event.target.files ?? []);
          event.target.value = "";
          if (chosen.files.length > 0) send(chosen);
        }}
      />
    </>
  );
}

/** A button that lets a whole folder be chosen; what in it looks like a recording is sent. */
export function FolderButton(props: ButtonProps) {
  const send = useSource((state) => state.send);
  const choose = () => {
    // Made for this one choice: React does not know the attribute that asks for folders.
    const input = document.createElement("input");
    input.type = "file";
    input.webkitdirectory = true;
    input.onchange = () => send(filesOfList(input.files ?? []));
    input.click();
  };
  return (
    <button
      type="button"
      className={props.className}
      aria-label={props.ariaLabel}
      title={props.ariaLabel}
      onClick={choose}
    >
      {props.children}
    </button>
  );
}
