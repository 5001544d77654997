import type { Recording } from "../../api/types";
import { openHome } from "../../app/route";
import { FileButton } from "../source/FileButton";
import { useLink } from "../source/link-store";
import { AboutServer } from "./AboutServer";
import { isAboutServer, type LinkStep, stepsFor } from "./link-steps";

const WORDS: Record<LinkStep, string> = {
  again: "Try again",
  change: "Change the link",
  part: "Take a part of it",
  upload: "Upload the file instead",
};

/** The next steps about a recording whose link was not fetched, as buttons. */
export function LinkSteps({ recording }: { recording: Recording }) {
  const sending = useLink((state) => state.sending);
  const { fetchAgain, take } = useLink.getState();
  const code = recording.error?.code ?? "";
  const { link } = recording;
  if (!link) return null;
  const change = () => {
    take(link.url, { replaces: recording });
    openHome();
  };
  return (
    <>
      {stepsFor(code).map((step, index) => {
        const className = index === 0 ? "btn btn-go" : "btn";
        if (step === "upload") {
          return (
            <FileButton key={step} className={className}>
              {WORDS[step]}
            </FileButton>
          );
        }
        return (
          <button
            key={step}
            type="button"
            className={className}
            disabled={sending}
            onClick={step === "again" ? () => void fetchAgain(recording) : change}
          >
            {WORDS[step]}
          </button>
        );
      })}
      {isAboutServer(code) && <AboutServer />}
    </>
  );
}
