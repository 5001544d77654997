import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { inWords } from "../../api/problem";
import { useWords } from "../../i18n/language";
import { useSiteAccess } from "./site-access";

/** What a closed server shows instead of the page. */
export function SignIn() {
  const { access } = useWords();
  const { busy, problem, signIn } = useSiteAccess();
  const wrong = problem && inWords(problem);
  const [password, setPassword] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (problem) field.current?.select();
  }, [problem]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== "" && !busy) void signIn(password);
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <h1>{access.closed}</h1>
        <p className="sign-in-words">{access.closedWhy}</p>
        {/* Password managers keep a password under a name. */}
        <input type="text" name="username" autoComplete="username" value="SonoTag" readOnly hidden />
        <label htmlFor={id}>{access.password}</label>
        <input
          id={id}
          ref={field}
          className="field sign-in-field"
          type="password"
          name="password"
          autoComplete="current-password"
          maxLength={1024}
          value={password}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
          onChange={(event) => setPassword(event.target.value)}
        />
        <p id={`${id}-problem`} className="sign-in-problem" role="alert">
          {wrong && `${wrong.message} ${wrong.hint}`}
        </p>
        <button type="submit" className="btn btn-go sign-in-go" disabled={busy || password === ""}>
          {busy ? access.oneMoment : access.signIn}
        </button>
      </form>
    </main>
  );
}
