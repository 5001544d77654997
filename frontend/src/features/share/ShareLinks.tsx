import { useCallback, useEffect, useState } from "react";
import { addShare, listShares, withdrawShare } from "../../api/access";
import { problemOf } from "../../api/problem";
import type { Share } from "../../api/types";
import { useNotice } from "../../app/notice";
import { useWords, words } from "../../i18n/language";
import { locale } from "../../i18n/locale";
import { DisposableScope } from "../../lib/disposable-scope";
import { addressOf } from "../session/address";
import type { Workspace } from "../session/context";
import { copyText } from "./copy";

const WHEN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;

/** Links by which others look at the recording and nothing else: makes, lists and withdraws them. */
export function ShareLinks({ workspace }: { workspace: Workspace }) {
  const { id } = workspace.session;
  const { share: says } = useWords();
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
      return (await copyText(address)) ? words().share.linkCopied : words().share.linkNotCopied(address);
    });
  const withdraw = (share: Share) =>
    run(async () => {
      await withdrawShare(id, share.id);
      return words().share.linkWithdrawn;
    });

  return (
    <>
      <button type="button" className="menu-item" disabled={busy} onClick={() => void make()}>
        {says.copyReadOnly} <span>{says.toLookAndListen}</span>
      </button>
      <p className="menu-said" role="status">
        {said}
      </p>
      {shares.length > 0 && (
        <section className="share-links" aria-label={says.readOnlyLinks}>
          <p>{says.linksThatWork}</p>
          <ul>
            {shares.map((share) => (
              <li key={share.id}>
                <span className="num">
                  {says.linkMade(new Date(share.created_at).toLocaleString(locale(), WHEN), share.ends_with)}
                </span>
                <button
                  type="button"
                  className="btn btn-small"
                  disabled={busy}
                  aria-label={says.withdrawLink(share.ends_with)}
                  onClick={() => void withdraw(share)}
                >
                  {says.withdraw}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
