import { type ComponentType, useLayoutEffect, useState } from "react";
import { useWords } from "../i18n/language";
import { ProblemBox } from "../ui/ProblemBox";

interface PagePart<Props> {
  /** Fetches its script; once it is there, never again. Rejects when it cannot be had. */
  load: () => Promise<void>;
  Part: ComponentType<Props>;
}

/**
 * A part of the page whose script is fetched when it is first wanted. Not React's own `lazy`: its Suspense lets whoever
 * has seen the fallback wait for 300 ms, however soon the script is there.
 */
export function pagePart<Props extends object>(
  fetchPart: () => Promise<ComponentType<Props>>,
  Fallback: ComponentType,
): PagePart<Props> {
  let loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const load = () => {
    loading ??= fetchPart().then(
      (part) => {
        loaded = part;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  function Part(props: Props) {
    const [Shown, setShown] = useState(() => loaded);
    useLayoutEffect(() => {
      if (Shown) return;
      load().then(
        () => setShown(() => loaded),
        () => setShown(() => NotLoaded),
      );
    }, [Shown]);
    return Shown ? <Shown {...props} /> : <Fallback />;
  }
  return { load, Part };
}

/** The server has another build by now, whose script has another name, or is away. */
function NotLoaded() {
  const { app, common } = useWords();
  const problem = { code: "page_changed", message: app.pageChanged, hint: app.pageChangedHint };
  return (
    <main className="stage-message">
      <ProblemBox problem={problem} large>
        <button type="button" className="btn btn-go" onClick={() => location.reload()}>
          {common.reload}
        </button>
      </ProblemBox>
    </main>
  );
}
