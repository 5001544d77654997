import { useState } from "react";
import { ConnectionLine } from "../../ui/ConnectionLine";
import { ProblemBox } from "../../ui/ProblemBox";
import { ProgressBar } from "../../ui/ProgressBar";
import { AwayPanel } from "../offline/AwayPanel";
import { Part, State } from "./Part";

const PROBLEM = {
  code: "decode_failed",
  message: "This file could not be read as audio.",
  hint: "It may be damaged. Try another file, or convert it to MP3 first.",
  details: "moov atom not found",
};
const nothing = () => undefined;

/** Words at the place where the thing itself would have been: problems, waiting, and nothing there yet. */
export function Messages() {
  const [dismissed, setDismissed] = useState(false);
  return (
    <>
      <Part title="Error">
        <State name="problem" wide>
          {dismissed ? (
            <button type="button" className="btn btn-small" onClick={() => setDismissed(false)}>
              Show it again
            </button>
          ) : (
            <ProblemBox problem={PROBLEM} onDismiss={() => setDismissed(true)}>
              <button type="button" className="btn">
                Analyse again
              </button>
            </ProblemBox>
          )}
        </State>
        <State name="quiet problem" wide>
          <ProblemBox
            problem={{ ...PROBLEM, message: "The end of this file is missing.", details: null }}
            quiet
          />
        </State>
        <State name="problem in place of the map" wide>
          <ProblemBox problem={{ ...PROBLEM, details: null }} large>
            <button type="button" className="btn btn-go">
              Choose another file
            </button>
          </ProblemBox>
        </State>
      </Part>
      <Part title="Loading">
        <State name="known share" wide>
          <ProgressBar share={0.62} label="Analysing" />
        </State>
        <State name="unknown share" wide>
          <ProgressBar share={null} label="Loading the model" />
        </State>
        <State name="words" wide>
          <p className="stage-message opening" role="status">
            Opening the recording
          </p>
        </State>
      </Part>
      <Part title="Empty">
        <State name="no moments" wide>
          <p className="model-note">None of your sounds reach their threshold here.</p>
        </State>
        <State name="no prompts" wide>
          <p className="model-note">Add a sound to look for, or take a list.</p>
        </State>
      </Part>
      <Part title="Reconnecting">
        <State name="between two tries" wide>
          <ConnectionLine offline={false} seconds={4} onRetry={nothing} />
        </State>
        <State name="a try under way" wide>
          <ConnectionLine offline={false} seconds={0} onRetry={nothing} />
        </State>
        <State name="no network" wide>
          <ConnectionLine offline seconds={0} onRetry={nothing} />
        </State>
      </Part>
      <Part title="Offline">
        <State name="the server is away" wide>
          <AwayPanel offline={false} onRetry={nothing} />
        </State>
        <State name="no network" wide>
          <AwayPanel offline onRetry={nothing} />
        </State>
      </Part>
    </>
  );
}
