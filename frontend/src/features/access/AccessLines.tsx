import type { AccessState } from "../../api/types";
import { useWords, words } from "../../i18n/language";
import { useSiteAccess } from "./site-access";

/** Whose recordings are these: one sentence. */
export function ownersWords(wanted: AccessState): string {
  const { access } = words();
  return wanted.shared_library ? access.toEverybody : access.toBrowser;
}

/** What there is to say of owners and of signing in, among what is said about the server. */
export function AccessLines() {
  const { access } = useWords();
  const wanted = useSiteAccess((state) => state.wanted);
  const signOut = useSiteAccess((state) => state.signOut);
  if (!wanted) return null;
  return (
    <>
      <div>
        <dt>{access.belongTo}</dt>
        <dd>{ownersWords(wanted)}</dd>
      </div>
      {wanted.password_needed && (
        <div>
          <dt>{access.password}</dt>
          <dd>
            <span>{access.signedIn} </span>
            <button type="button" className="btn btn-small" onClick={() => void signOut()}>
              {access.signOut}
            </button>
          </dd>
        </div>
      )}
    </>
  );
}
