import { type ReactNode, useRef } from "react";
import { useSource } from "./source-store";

export const ACCEPTED = "audio/*,video/*,.flac,.opus,.mka,.caf,.amr,.wv,.aiff";

/** A button that opens the system's file chooser and uploads what is chosen. */
export function FileButton(props: { className: string; ariaLabel?: string; children: ReactNode }) {
  const input = useRef<HTMLInputElement>(null);
  const upload = useSource((state) => state.upload);
  const busy = useSource((state) => state.transfer !== null);
  return (
    <>
      <button
        type="button"
        className={props.className}
        aria-label={props.ariaLabel}
        title={props.ariaLabel}
        disabled={busy}
        onClick={() => input.current?.click()}
      >
        {props.children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPTED}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void upload(file);
        }}
      />
    </>
  );
}
