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

const unreachable: Problem = {
  code: "unreachable",
  message: "The server cannot be reached.",
  hint: "Check the connection, then try again.",
};

function isErrorBody(body: unknown): body is { error: ErrorBody } {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const error = (body as { error: unknown }).error;
  return typeof error === "object" && error !== null && "message" in error;
}

/** Turns the body of a failed response (or anything a proxy sent in its stead) into a problem. */
export function problemFrom(body: unknown, status: number): Problem {
  if (isErrorBody(body)) {
    const { code, message, hint, details } = body.error;
    return { code, message, hint: hint ?? "", details: details ?? null };
  }
  if (status === 0) return unreachable;
  if (status === 502 || status === 503 || status === 504) {
    return { code: "unavailable", message: "The server is not answering.", hint: "Try again in a moment." };
  }
  return {
    code: `http_${status}`,
    message: `The server answered with an error (${status}).`,
    hint: "Try again; if it stays, look at the server's log.",
  };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError) return unreachable;
  return {
    code: "unexpected",
    message: "Something unexpected happened on this page.",
    hint: "Reload the page and try again.",
  };
}

/** Whether nobody answered, or a proxy said that nobody does. */
export function isAway(error: unknown): boolean {
  if (error instanceof ApiError) return ["unreachable", "unavailable"].includes(error.problem.code);
  return error instanceof TypeError;
}
