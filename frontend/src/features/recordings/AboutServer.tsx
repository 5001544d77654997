import { useEffect, useRef } from "react";
import { useSystem } from "../../app/system";
import { useWords } from "../../i18n/language";
import { Sheet } from "../../ui/Sheet";
import { AccessLines } from "../access/AccessLines";
import { serverLines } from "./server-words";

/** A button that tells what this server fetches links with: the place to look when a site refuses it. */
export function AboutServer(props: { className?: string }) {
  const { recordings } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const system = useSystem((state) => state.system);
  const load = useSystem((state) => state.load);
  useEffect(() => void load(), [load]);
  if (!system) return null;
  return (
    <>
      <button
        type="button"
        className={props.className ?? "btn"}
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        {recordings.aboutServer}
      </button>
      <Sheet dialog={dialog} title={recordings.aboutServer}>
        <dl className="about-server">
          {serverLines(system).map(({ name, words, wrong }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={wrong ? "about-wrong num" : "num"}>{words}</dd>
            </div>
          ))}
          <AccessLines />
        </dl>
      </Sheet>
    </>
  );
}
