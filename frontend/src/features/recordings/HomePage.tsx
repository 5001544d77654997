import { Presets } from "../prompts/Presets";
import { PromptChips } from "../prompts/PromptChips";
import { SourceHero } from "../source/SourceHero";
import { useSource } from "../source/source-store";
import { RecentRecordings } from "./RecentRecordings";

export function HomePage() {
  const prompts = useSource((state) => state.prompts);
  const setPrompts = useSource((state) => state.setPrompts);
  return (
    <main className="home">
      <div className="home-middle">
        <h1>Type the sounds you are looking for, give it a recording, and watch where they happen.</h1>
        <section className="home-prompts" aria-label="Sounds to look for">
          <PromptChips
            prompts={prompts}
            onChange={setPrompts}
            placeholder="dog barking; glass breaking; baby crying"
          />
          <Presets />
        </section>
        <SourceHero />
        <RecentRecordings />
      </div>
    </main>
  );
}
