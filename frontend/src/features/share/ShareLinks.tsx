import { useCallback, useEffect, useState } from "react";
import { addShare, listShares, withdrawShare } from "../../api/access";
import { problemOf } from "../../api/problem";
import type { Share } from "../../api/types";
import { useNotice } from "../../app/notice";
import { DisposableScope } from "../../lib/disposable-scope";
import { addressOf } from "../session/address";
import type { Workspace } from "../session/context";
import { copyText } from "./copy";

const WHEN = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** Links by which others look at the recording and nothing else: makes, lists and withdraws them. */
export function ShareLinks({ workspace }: { workspace: Workspace }) {
  const { id } = workspace.session;
  const [shares, setShares] = useState<Share[]>([]);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => setShares(await listShares(id)), [id]);

  useEffect(() => {
    const scope = new DisposableScope();
    listShares(id).then(
      (found) => scope.disposed || setShares(found),
      (error: unknown) => scope.disposed || useNotice.getState().show(problemOf(error)),
    );
    return () => scope.dispose();
  }, [id]);

  const run = async (work: () => Promise<string>) => {
    setBusy(true);
    setSaid("");
    try {
      setSaid(await work());
      await load();
    } catch (error) {
      useNotice.getState().show(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const make = () =>
    run(async () => {
      const { token } = await addShare(id);
      const address = addressOf(workspace, true, token);
      if (await copyText(address)) return "The read-only link is on the clipboard.";
      return `This browser does not let the page copy. The link is ${address}`;
    });
  const withdraw = (share: Share) =>
    run(async () => {
      await withdrawShare(id, share.id);
      return "The link no longer works.";
    });

  return (
    <>
      <button type="button" className="menu-item" disabled={busy} onClick={() => void make()}>
        Copy read-only link <span>to look and listen</span>
      </button>
      <p className="menu-said" role="status">
        {said}
      </p>
      {shares.length > 0 && (
        <section className="share-links" aria-label="Read-only links">
          <p>Links that work</p>
          <ul>
            {shares.map((share) => (
              <li key={share.id}>
                <span className="num">
                  {WHEN.format(new Date(share.created_at))}, …{share.ends_with}
                </span>
                <button
                  type="button"
                  className="btn btn-small"
                  disabled={busy}
                  aria-label={`Withdraw the link that ends in ${share.ends_with}`}
                  onClick={() => void withdraw(share)}
                >
                  Withdraw
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
