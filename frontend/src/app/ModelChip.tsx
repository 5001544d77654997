import { useRef } from "react";
import { useWords } from "../i18n/language";
import { Sheet } from "../ui/Sheet";
import { ModelCard } from "./ModelCard";
import { isOnItsWay, useModels } from "./models";

/** Which model speaks; a click shows all there are. */
export function ModelChip() {
  const { app } = useWords();
  const overview = useModels((state) => state.overview);
  const away = useModels((state) => state.away);
  const dialog = useRef<HTMLDialogElement>(null);
  if (away) {
    return (
      <span className="pill model-chip num" role="status">
        <span className="dot dot-busy" aria-hidden="true" />
        {app.server}
        <span className="model-note">{app.notAnswering}</span>
      </span>
    );
  }
  if (!overview) return null;
  const { model, models } = overview;
  const coming = models.find((one) => one.name !== model.name && isOnItsWay(one));
  const note =
    model.state === "failed"
      ? app.failedToLoad
      : isOnItsWay(model)
        ? app.modelState.loading
        : coming
          ? `${coming.title} ${app.modelState[coming.state]}`
          : "";
  const dot = model.state === "failed" ? "failed" : model.state === "ready" ? "ready" : "busy";
  return (
    <>
      <button
        type="button"
        className="pill model-chip num"
        aria-haspopup="dialog"
        aria-label={app.modelsNow(model.title, note)}
        onClick={() => dialog.current?.showModal()}
      >
        <span className={`dot dot-${dot}`} aria-hidden="true" />
        {model.title}
        {note !== "" && <span className="model-note">{note}</span>}
      </button>
      <Sheet dialog={dialog} title={app.models}>
        {[model, ...models.filter((one) => one.name !== model.name)].map((one) => (
          <ModelCard key={one.name} model={one} used={one.name === model.name} />
        ))}
      </Sheet>
    </>
  );
}
