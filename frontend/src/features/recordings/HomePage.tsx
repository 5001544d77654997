import { useSystem } from "../../app/system";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { AwayWhile } from "../offline/AwayWhile";
import { Presets } from "../prompts/Presets";
import { PromptChips } from "../prompts/PromptChips";
import { SourceHero } from "../source/SourceHero";
import { useSource } from "../source/source-store";
import { AboutServer } from "./AboutServer";
import { RecentRecordings } from "./RecentRecordings";
import { linkWarning } from "./server-words";

export function HomePage() {
  const { recordings } = useWords();
  const prompts = useSource((state) => state.prompts);
  const setPrompts = useSource((state) => state.setPrompts);
  return (
    <main className="home">
      <div className="home-middle">
        <h1>{recordings.promise}</h1>
        <section className="home-prompts" aria-label={recordings.soundsToLookFor}>
          <PromptChips
            prompts={prompts}
            onChange={setPrompts}
            placeholder="dog barking; glass breaking; baby crying"
          />
          <Presets />
        </section>
        <AwayWhile>
          <SourceHero />
          <LinkWarning />
          <RecentRecordings />
        </AwayWhile>
        <footer className="home-foot">
          <AboutServer className="home-about" />
        </footer>
      </div>
    </main>
  );
}

/** Said before a link is pasted, not after it has failed. */
function LinkWarning() {
  const warning = useSystem((state) => linkWarning(state.system));
  if (warning === null) return null;
  return (
    <p className="link-warning" role="status">
      <Icon name="alert" size={16} />
      {warning}
    </p>
  );
}
