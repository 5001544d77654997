import { pluralIn } from "../plural";

const plural = pluralIn("en");

export const common = {
  justNow: "just now",
  close: "Close",
  cancel: "Cancel",
  dismiss: "Dismiss",
  tryAgain: "Try again",
  reload: "Reload",
  wordForWord: "What was said, word for word",
  serverUnreachable: "The server cannot be reached.",
  checkConnection: "Check the connection, then try again.",
  serverNotAnswering: "The server is not answering.",
  tryInAMoment: "Try again in a moment.",
  serverError: (status: number) => `The server answered with an error (${status}).`,
  lookAtTheLog: "Try again; if it stays, look at the server's log.",
  unexpected: "Something unexpected happened on this page.",
  reloadAndTry: "Reload the page and try again.",
  range: (from: string, to: string) => `${from} to ${to}`,
  moments: (count: number) => plural(count, { one: "# moment", other: "# moments" }),
  notCovered: "not covered by this model",
};
