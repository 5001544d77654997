import type { Words } from "../language";
import { pluralIn } from "../plural";

const plural = pluralIn("de");
const at = (heard: string, total: string | null) => ` bei ${heard}${total === null ? "" : ` von ${total}`}`;

export const recordings: Words["recordings"] = {
  promise: "Nenne die Geräusche, die du suchst, gib eine Aufnahme dazu und sieh, wo sie zu hören sind.",
  soundsToLookFor: "Gesuchte Geräusche",
  recent: "Letzte Aufnahmen",
  delete: "Löschen",
  keep: "Behalten",
  deleteNamed: (title) => `${title} löschen`,
  recording: "Aufnahme",
  found: "Was gefunden wurde",
  backToStart: "Zurück zum Anfang",
  analyse: "Analysieren",
  analyseAgain: "Neu analysieren",
  analyseAgainWith: (model) => `Neu analysieren mit ${model}`,
  otherModel:
    "Ein anderes Modell hat diese Aufnahme gehört; seine Werte werden nicht mit denen von diesem vermischt",
  chooseAnother: "Andere Datei wählen",
  fetchAgain: "Noch einmal holen",
  analysis: "Analyse",
  deleteRecording: "Aufnahme löschen",
  deleteAsked: "Diese Aufnahme und ihre Werte löschen?",
  chapters: "Kapitel",
  pin: "Anheften",
  pinned: "Angeheftet",
  pinWhy: "Dieser Server entfernt alte Aufnahmen; angeheftete bleiben",
  steps: {
    again: "Noch einmal versuchen",
    change: "Link ändern",
    part: "Einen Teil davon nehmen",
    upload: "Stattdessen die Datei senden",
  },

  kinds: { upload: "Datei", sample: "Beispiel", url: "Link" },
  notes: {
    "The link is that of a list; its first recording was taken.":
      "Der Link ist der einer Liste; ihre erste Aufnahme wurde genommen.",
  },
  opens: (address) => `, öffnet ${address}`,
  fromTo: (from, to) => `${from} bis ${to}`,
  from: (from) => `ab ${from}`,
  upTo: (to) => `bis ${to}`,
  heardBy: (model) => `gehört von ${model}`,
  anotherModel: "einem anderen Modell",
  prompts: (count) => plural(count, { one: "# Suchwort", other: "# Suchwörter" }),
  notCovered: (count) => `, ${count} unbekannt`,

  spoken: {
    stored: "Noch nicht analysiert",
    queued: "Wartet",
    fetching: "Wird geholt",
    analyzing: "Wird analysiert",
    paused: "Angehalten, die Platte des Servers ist voll",
    done: "Analyse fertig",
    failed: "Analyse fehlgeschlagen",
    cancelled: "Analyse abgebrochen",
  },
  fetchingAndAnalysing: "Wird geholt und analysiert",
  fetchingFailed: "Holen fehlgeschlagen",

  asking: (site) => `${site} wird gefragt`,
  fetching: "Wird geholt",
  uploading: "Wird gesendet",
  nothingYet: ", noch ist nichts da",
  arrived: (parts) => `, ${parts}`,
  bytesOf: (done, total) => `${done} von ${total}`,
  bytesPerSecond: (bytes) => `${bytes} je Sekunde`,
  aboutLeft: (left) => `noch etwa ${left}`,
  waitingTurn: ", bis sie an der Reihe ist",
  paused: "Angehalten",
  pausedAt: (heard, total) => `${at(heard, total)}, die Platte des Servers ist voll`,
  heard: (heard, total) => `${heard}${total === null ? "" : ` von ${total}`} gehört`,
  timesRealTime: (times) => `${times}-fache Echtzeit`,
  listening: "Hört zu",
  done: "Fertig",
  allHeard: (total) => `, ${total} ganz gehört`,
  atTimesRealTime: (times) => `, in ${times}-facher Echtzeit`,
  cancelled: "Abgebrochen",
  failed: "Fehlgeschlagen",
  notFetched: "Nicht geholt",
  at,

  states: {
    stored: "noch nicht analysiert",
    queued: "wartet",
    fetching: "wird geholt",
    analyzing: "wird analysiert",
    paused: "angehalten, die Platte ist voll",
    done: "",
    failed: "fehlgeschlagen",
    cancelled: "abgebrochen",
  },
  inListNotFetched: "nicht geholt",
  inListUploading: "wird gesendet",

  aboutServer: "Über diesen Server",
  linksOf: "Links von",
  signIn: "Anmeldung",
  withCookies: "Mit einer Cookie-Datei des Betreibers.",
  noCookies: "Keine. Websites, die eine wollen, weisen diesen Server ab.",
  wayOut: "Ins Netz",
  withProxy: "Über einen Proxy des Betreibers.",
  noProxy:
    "Direkt von diesem Server. In einem Rechenzentrum halten ihn Websites womöglich für einen Roboter.",
  keeping: "Aufnahmen",
  keptForGood: "Bleiben, bis sie gelöscht werden.",
  keptFor: (count) => plural(count, { one: "Bleiben # Tag.", other: "Bleiben # Tage." }),
  keptBelow: (bytes) => `Über ${bytes} insgesamt gehen die ältesten.`,
  pinnedStay: "Angeheftete bleiben immer.",
  fetcherMissing: "Fehlt. Kein Link kann geholt werden.",
  fetcherAge: (count) => plural(count, { one: ", # Tag alt", other: ", # Tage alt" }),
  fetcherUpdated: ", von diesem Server geholt",
  fetcherStale:
    ". Die Websites haben sich seitdem wohl geändert; bis es erneuert wird, können Links scheitern.",
  warnMissing: "Dieser Server kann keine Links holen: Sein yt-dlp fehlt.",
  warnOld: (count) => {
    const age = count === null ? "alt" : plural(count, { one: "# Tag alt", other: "# Tage alt" });
    return `Das yt-dlp dieses Servers ist ${age}. Bis es erneuert wird, können Links scheitern.`;
  },
};
