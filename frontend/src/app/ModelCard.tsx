import { useState } from "react";
import { inWords } from "../api/problem";
import type { ErrorBody, ModelInfo } from "../api/types";
import { Filled } from "../i18n/Filled";
import { useWords } from "../i18n/language";
import { formatBytes, formatNumber } from "../lib/format";
import { ProgressBar } from "../ui/ProgressBar";
import { useModels } from "./models";

/** One model: how it stands, what it knows, under which licence, and what can be done about it. */
export function ModelCard({ model, used }: { model: ModelInfo; used: boolean }) {
  const cancel = useModels((state) => state.cancelDownload);
  const { app } = useWords();
  const knows = model.labels.length > 0 ? app.knows(model.labels.length) : app.hearsAny;
  return (
    <section className="model-card" aria-label={model.title}>
      <h3>
        {model.title}
        <span className="model-note">{used ? app.usedForNew : app.modelState[model.state]}</span>
      </h3>
      {model.state === "ready" && (
        <p>
          <Filled
            text={app.modelFacts(knows, formatNumber(model.seconds_per_frame ?? 0, 4))}
            parts={{ license: <span lang="en">{model.license}</span> }}
          />
        </p>
      )}
      {model.error && model.state === "failed" && (
        <div role="alert">
          <Failure error={model.error} />
        </div>
      )}
      {model.state === "loading" && (
        <>
          {model.stage !== null && <p className="model-note">{app.modelStage[model.stage]}</p>}
          <ProgressBar share={null} label={app.loadingModel(model.title)} />
        </>
      )}
      {model.state === "downloading" && (
        <>
          <Download model={model} />
          <button type="button" className="btn" onClick={() => void cancel()}>
            {app.cancelDownload}
          </button>
        </>
      )}
      {model.terms !== null && (model.state === "absent" || model.state === "failed") && (
        <Offer model={model} terms={model.terms} />
      )}
      {model.error && model.state === "absent" && <Failure error={model.error} note />}
    </section>
  );
}

/** Why a model is not there; in another language than the server's also what the server said, which names files. */
function Failure({ error, note }: { error: ErrorBody; note?: boolean }) {
  const { common } = useWords();
  const { code, message: said, hint: advice } = error;
  const { message, hint, details } = inWords({ code, message: said, hint: advice ?? "" });
  return (
    <>
      <p className={note ? "model-note" : undefined}>{`${message} ${hint}`}</p>
      {details && (
        <details className="problem-details">
          <summary>{common.wordForWord}</summary>
          <span lang="en">{details}</span>
        </details>
      )}
    </>
  );
}

function Download({ model }: { model: ModelInfo }) {
  const { done_bytes: done = 0, total_bytes: total = null, file = "" } = model.progress ?? {};
  const { app } = useWords();
  return (
    <>
      <p className="num">
        {total === null
          ? app.fileSoFar(file, formatBytes(done))
          : app.fileOf(file, formatBytes(done), formatBytes(total))}
      </p>
      <ProgressBar share={total ? done / total : null} label={app.downloadingModel(model.title)} />
    </>
  );
}

function Offer({ model, terms }: { model: ModelInfo; terms: string }) {
  const download = useModels((state) => state.download);
  const { app, common } = useWords();
  const own = app.terms[model.name];
  const [accepted, setAccepted] = useState(false);
  return (
    <>
      <p lang={own === undefined ? "en" : undefined}>{own ?? terms}</p>
      <label className="accept">
        <input
          type="checkbox"
          checked={accepted}
          onChange={(event) => setAccepted(event.currentTarget.checked)}
        />
        {app.acceptLicence}
      </label>
      <button
        type="button"
        className="btn btn-go"
        disabled={!accepted}
        onClick={() => void download(model.name)}
      >
        {model.state === "failed" ? common.tryAgain : app.download(model.title)}
      </button>
    </>
  );
}
