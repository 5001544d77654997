import type { Words } from "../language";

export const offline: Words["offline"] = {
  youAreOffline: "Du bist offline",
  serverAway: "Der Server antwortet nicht",
  keptOffline:
    "Dein Browser hat diese Seite aufgehoben, darum ging sie auf. Aufnahmen brauchen die Verbindung.",
  keptAway: "Dein Browser hat diese Seite aufgehoben, darum ging sie auf. Die Aufnahmen sind auf dem Server.",
  askedAgain: "Der Server wird immer wieder gefragt, und die Seite macht von selbst weiter.",
  yours:
    "Ist es dein Server, starte ihn neu: {command} oder deinen Container. Sein Protokoll sagt, warum er steht.",
  notYours: "Gehört er jemand anderem, wird er vielleicht gerade erneuert. Komm in ein paar Minuten wieder.",
  tryNow: "Jetzt versuchen",
};
