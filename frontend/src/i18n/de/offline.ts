import type { Words } from "../language";

export const offline: Words["offline"] = {
  youAreOffline: "Du bist offline",
  serverAway: "Der Server antwortet nicht",
  keptOffline:
    "Aufnahmen brauchen die Verbindung. Diese Seite hat dein Browser aufgehoben, darum ging sie auf.",
  keptAway: "Die Aufnahmen sind auf dem Server. Diese Seite hat dein Browser aufgehoben, darum ging sie auf.",
  askedAgain: "Sie fragt immer wieder nach und macht von selbst weiter.",
  yours:
    "Ist es dein Server, starte ihn neu: {command} oder deinen Container. Sein Protokoll sagt, warum er steht.",
  notYours: "Gehört er jemand anderem, wird er vielleicht gerade erneuert. Komm in ein paar Minuten wieder.",
  tryNow: "Jetzt versuchen",
};
