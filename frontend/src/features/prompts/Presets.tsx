import { useEffect, useState } from "react";
import { listPresets } from "../../api/client";
import type { Preset } from "../../api/types";
import { useSource } from "../source/source-store";

/** Ready-made lists, one chip each. Without them the page works as well, so a failure shows nothing. */
export function Presets() {
  const [presets, setPresets] = useState<Preset[]>([]);
  const prompts = useSource((state) => state.prompts);
  const setPrompts = useSource((state) => state.setPrompts);
  useEffect(() => {
    let current = true;
    listPresets().then(
      (list) => current && setPresets(list),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, []);
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
