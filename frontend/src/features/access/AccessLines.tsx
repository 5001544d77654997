import type { AccessState } from "../../api/types";
import { useSiteAccess } from "./site-access";

/** Whose recordings are these: one sentence. */
export function ownersWords(wanted: AccessState): string {
  if (wanted.shared_library) {
    return "Everybody who can open this page: all see every recording, and may delete it.";
  }
  return "The browser that brought them. Others see one only with its address or a link you share.";
}

/** What there is to say of owners and of signing in, among what is said about the server. */
export function AccessLines() {
  const wanted = useSiteAccess((state) => state.wanted);
  const signOut = useSiteAccess((state) => state.signOut);
  if (!wanted) return null;
  return (
    <>
      <div>
        <dt>Belong to</dt>
        <dd>{ownersWords(wanted)}</dd>
      </div>
      {wanted.password_needed && (
        <div>
          <dt>Password</dt>
          <dd>
            <span>You are signed in. </span>
            <button type="button" className="btn btn-small" onClick={() => void signOut()}>
              Sign out
            </button>
          </dd>
        </div>
      )}
    </>
  );
}
