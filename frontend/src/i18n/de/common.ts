import type { Words } from "../language";
import { pluralIn } from "../plural";

const plural = pluralIn("de");

export const common: Words["common"] = {
  justNow: "gerade eben",
  close: "Schließen",
  cancel: "Abbrechen",
  dismiss: "Ausblenden",
  tryAgain: "Noch einmal versuchen",
  reload: "Neu laden",
  wordForWord: "Was gesagt wurde, Wort für Wort",
  serverUnreachable: "Der Server ist nicht zu erreichen.",
  checkConnection: "Prüfe die Verbindung und versuche es noch einmal.",
  serverNotAnswering: "Der Server antwortet nicht.",
  tryInAMoment: "Versuche es gleich noch einmal.",
  serverError: (status) => `Der Server hat mit einem Fehler geantwortet (${status}).`,
  lookAtTheLog: "Versuche es noch einmal; wenn es bleibt, hilft das Protokoll des Servers.",
  unexpected: "Auf dieser Seite ist etwas Unerwartetes geschehen.",
  reloadAndTry: "Lade die Seite neu und versuche es noch einmal.",
  range: (from, to) => `${from} bis ${to}`,
  moments: (count) => plural(count, { one: "# Fundstelle", other: "# Fundstellen" }),
  notCovered: "diesem Modell unbekannt",
};
