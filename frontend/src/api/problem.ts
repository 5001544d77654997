import { words } from "../i18n/language";
import type { ErrorBody } from "./types";

/** What went wrong and what to do next, in words made for the reader of the page. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
  /** What a site or a program said, word for word. */
  details?: string | null;
}

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number,
  ) {
    super(problem.message);
    this.name = "ApiError";
  }
}

function unreachable(): Problem {
  const { common } = words();
  return { code: "unreachable", message: common.serverUnreachable, hint: common.checkConnection };
}

function isErrorBody(body: unknown): body is { error: ErrorBody } {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const error = (body as { error: unknown }).error;
  return typeof error === "object" && error !== null && "message" in error;
}

/**
 * The same in the language of the page; what the server says of the very case is then among the details. To be asked
 * where a problem is shown, so that it follows when the reader changes the language.
 */
export function inWords(problem: Problem): Problem {
  const known: { message: string; hint: string } | undefined = words().problems[problem.code];
  if (!known) return problem;
  const said = [problem.message, problem.hint, problem.details ?? ""].filter((text) => text !== "");
  return { ...problem, ...known, details: said.join("\n") };
}

/** Turns the body of a failed response (or anything a proxy sent in its stead) into a problem. */
export function problemFrom(body: unknown, status: number): Problem {
  if (isErrorBody(body)) {
    const { code, message, hint, details } = body.error;
    return { code, message, hint: hint ?? "", details: details ?? null };
  }
  if (status === 0) return unreachable();
  const { common } = words();
  if (status === 502 || status === 503 || status === 504) {
    return { code: "unavailable", message: common.serverNotAnswering, hint: common.tryInAMoment };
  }
  return { code: `http_${status}`, message: common.serverError(status), hint: common.lookAtTheLog };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError) return unreachable();
  const { common } = words();
  return { code: "unexpected", message: common.unexpected, hint: common.reloadAndTry };
}

/** Whether nobody answered, or a proxy said that nobody does. */
export function isAway(error: unknown): boolean {
  if (error instanceof ApiError) return ["unreachable", "unavailable"].includes(error.problem.code);
  return error instanceof TypeError;
}
