import type { Words } from "../language";

export const access: Words["access"] = {
  belongTo: "Gehören",
  toEverybody: "Allen, die diese Seite öffnen können: Alle sehen jede Aufnahme und dürfen sie löschen.",
  toBrowser:
    "Dem Browser, der sie gebracht hat. Andere sehen eine nur mit ihrer Adresse oder einem Link, den du teilst.",
  password: "Passwort",
  signedIn: "Du bist angemeldet.",
  signOut: "Abmelden",
  sharedWithYou: "Mit dir geteilt",
  whatYouMay: ". Ansehen, anhören und nach jedem Geräusch suchen.",
  closed: "Dieser Server ist geschlossen",
  closedWhy: "Sein Betreiber hat ein Passwort gesetzt.",
  oneMoment: "Einen Moment",
  signIn: "Anmelden",
  linkGone: "Dieser Link gilt nicht mehr.",
  linkGoneHint:
    "Er wurde zurückgezogen, oder seine Aufnahme wurde gelöscht. Wer ihn geschickt hat, kann dir einen neuen geben.",
  recordingGone: "Diese Aufnahme ist nicht mehr da.",
  recordingGoneHint: "Sie wurde gelöscht.",
};
