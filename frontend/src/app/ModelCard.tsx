import { useState } from "react";
import type { ModelInfo } from "../api/types";
import { formatBytes, plural } from "../lib/format";
import { ProgressBar } from "../ui/ProgressBar";
import { useModels } from "./models";

const STATES: Record<ModelInfo["state"], string> = {
  absent: "not on this server",
  downloading: "downloading",
  loading: "loading",
  ready: "ready",
  failed: "failed",
};

/** The first two only at a model's first start. */
const STAGES: Record<NonNullable<ModelInfo["stage"]>, string> = {
  converting: "Preparing it for this computer, which takes a minute, once.",
  measuring: "Measuring what runs it fastest on this computer.",
  loading: "Reading it.",
};

/** One model: how it stands, what it knows, under which licence, and what can be done about it. */
export function ModelCard({ model, used }: { model: ModelInfo; used: boolean }) {
  const cancel = useModels((state) => state.cancelDownload);
  const known =
    model.labels.length > 0 ? `knows ${plural(model.labels.length, "sound", "sounds")}` : "hears any words";
  return (
    <section className="model-card" aria-label={model.title}>
      <h3>
        {model.title}
        <span className="model-note">{used ? "used for new analyses" : STATES[model.state]}</span>
      </h3>
      {model.state === "ready" && (
        <p>
          {known}, every {model.seconds_per_frame} s. {model.license}.
        </p>
      )}
      {model.error && model.state === "failed" && (
        <p role="alert">
          {model.error.message} {model.error.hint}
        </p>
      )}
      {model.state === "loading" && (
        <>
          {model.stage !== null && <p className="model-note">{STAGES[model.stage]}</p>}
          <ProgressBar share={null} label={`Loading ${model.title}`} />
        </>
      )}
      {model.state === "downloading" && (
        <>
          <Download model={model} />
          <button type="button" className="btn" onClick={() => void cancel()}>
            Cancel download
          </button>
        </>
      )}
      {model.terms !== null && (model.state === "absent" || model.state === "failed") && (
        <Offer model={model} terms={model.terms} />
      )}
      {model.error && model.state === "absent" && (
        <p className="model-note">
          {model.error.message} {model.error.hint}
        </p>
      )}
    </section>
  );
}

function Download({ model }: { model: ModelInfo }) {
  const { done_bytes: done = 0, total_bytes: total = null, file = "" } = model.progress ?? {};
  return (
    <>
      <p className="num">
        {file} {formatBytes(done)}
        {total !== null && ` of ${formatBytes(total)}`}
      </p>
      <ProgressBar share={total ? done / total : null} label={`Downloading ${model.title}`} />
    </>
  );
}

function Offer({ model, terms }: { model: ModelInfo; terms: string }) {
  const download = useModels((state) => state.download);
  const [accepted, setAccepted] = useState(false);
  return (
    <>
      <p>{terms}</p>
      <label className="accept">
        <input
          type="checkbox"
          checked={accepted}
          onChange={(event) => setAccepted(event.currentTarget.checked)}
        />
        I accept this licence
      </label>
      <button
        type="button"
        className="btn btn-go"
        disabled={!accepted}
        onClick={() => void download(model.name)}
      >
        {model.state === "failed" ? "Try again" : `Download ${model.title}`}
      </button>
    </>
  );
}
