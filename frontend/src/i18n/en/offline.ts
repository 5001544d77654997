export const offline = {
  youAreOffline: "You are offline",
  serverAway: "The server is not answering",
  keptOffline:
    "This page is kept in your browser, so it opened all the same. Recordings need the connection.",
  keptAway: "This page is kept in your browser, so it opened all the same. Recordings are on the server.",
  askedAgain: "It is asked again all the time, and the page goes on by itself.",
  /** `{command}` is what to type. */
  yours: "If the server is yours, start it again: {command}, or your container. Its log says why it stopped.",
  notYours: "If it is somebody else's, they may be updating it. Come back in a few minutes.",
  tryNow: "Try now",
};
