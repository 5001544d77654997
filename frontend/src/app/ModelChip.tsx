import { useEffect, useState } from "react";
import { getModel } from "../api/client";
import type { ModelInfo } from "../api/types";

const ASK_AGAIN_MS = 2500;
const WORDS = { loading: "loading", ready: "", failed: "failed to load" } as const;

/** Which model speaks. While it is loading, or the server away, asked again. */
export function ModelChip() {
  const [model, setModel] = useState<ModelInfo | null>(null);
  const [away, setAway] = useState(false);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every round asks anew
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let current = true;
    const again = () => {
      timer = setTimeout(() => setRound((count) => count + 1), ASK_AGAIN_MS);
    };
    getModel().then(
      (answer) => {
        if (!current) return;
        setModel(answer);
        setAway(false);
        if (answer.state === "loading") again();
      },
      () => {
        if (!current) return;
        setAway(true);
        again();
      },
    );
    return () => {
      current = false;
      if (timer !== null) clearTimeout(timer);
    };
  }, [round]);

  if (away) return <Chip dot="busy" title="Server" note="not answering" />;
  if (!model) return null;
  const dot = model.state === "ready" ? "ready" : model.state === "loading" ? "busy" : "failed";
  return <Chip dot={dot} title={model.title} note={WORDS[model.state]} hint={model.error?.message} />;
}

function Chip(props: {
  dot: "ready" | "busy" | "failed";
  title: string;
  note: string;
  hint?: string | undefined;
}) {
  return (
    <span className="pill model-chip num" role="status" title={props.hint}>
      <span className={`dot dot-${props.dot}`} aria-hidden="true" />
      {props.title}
      {props.note !== "" && <span className="model-note">{props.note}</span>}
    </span>
  );
}
