import type { Recording } from "../../api/types";
import { openHome } from "../../app/route";
import { useWords } from "../../i18n/language";
import { FileButton } from "../source/FileButton";
import { useLink } from "../source/link-store";
import { AboutServer } from "./AboutServer";
import { isAboutServer, stepsFor } from "./link-steps";

/** The next steps about a recording whose link was not fetched, as buttons. */
export function LinkSteps({ recording }: { recording: Recording }) {
  const { steps } = useWords().recordings;
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
              {steps[step]}
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
            {steps[step]}
          </button>
        );
      })}
      {isAboutServer(code) && <AboutServer />}
    </>
  );
}
