import type { ReactNode } from "react";
import { inWords, type Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { Icon } from "./Icon";

/** What went wrong, what to do next, and the button that does it; put where the thing itself would have been. */
export function ProblemBox(props: {
  problem: Problem;
  large?: boolean;
  quiet?: boolean;
  onDismiss?: () => void;
  children?: ReactNode;
}) {
  const { large, quiet, onDismiss } = props;
  const { common } = useWords();
  const problem = inWords(props.problem);
  return (
    <div
      className={`problem${large ? " problem-large" : ""}${quiet ? " problem-quiet" : ""}`}
      role={quiet ? "status" : "alert"}
    >
      <Icon name="alert" size={large ? 24 : 18} />
      <div className="problem-words">
        <p className="problem-message">{problem.message}</p>
        {problem.hint !== "" && <p className="problem-hint">{problem.hint}</p>}
        {problem.details && (
          <details className="problem-details">
            <summary>{common.wordForWord}</summary>
            <code lang="en">{problem.details}</code>
          </details>
        )}
      </div>
      {props.children && <div className="problem-actions">{props.children}</div>}
      {onDismiss && (
        <button type="button" className="icon-btn" aria-label={common.dismiss} onClick={onDismiss}>
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
}
