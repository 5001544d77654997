import { useSource } from "../source/source-store";
import { usePresetLists } from "./catalogue";

/** Ready-made lists, one chip each. Without them the page works as well, so a failure shows nothing. */
export function Presets() {
  const presets = usePresetLists("auto");
  const prompts = useSource((state) => state.prompts);
  const setPrompts = useSource((state) => state.setPrompts);
  if (presets.length === 0) return null;
  return (
    <fieldset className="presets" aria-label="Ready-made lists">
      {presets.map((preset) => {
        const chosen = preset.prompts.join(";") === prompts.join(";");
        return (
          <button
            key={preset.name}
            type="button"
            className="chip"
            aria-pressed={chosen}
            title={preset.prompts.join("; ")}
            onClick={() => setPrompts(chosen ? [] : preset.prompts)}
          >
            {preset.title}
          </button>
        );
      })}
    </fieldset>
  );
}
