import type { Words } from "../language";
import { pluralIn } from "../plural";
import { openingRecording } from "./opening";

const plural = pluralIn("de");

export const app: Words["app"] = {
  toTheStart: "SonoTag, zum Anfang",
  lightTheme: "Helles Thema",
  darkTheme: "Dunkles Thema",
  language: "Sprache",
  languageOfBrowser: "Wie der Browser",
  languageFailed: "Die Sprache konnte nicht geladen werden.",
  openingRecording,
  pageChanged: "Dieser Teil der Seite konnte nicht geladen werden.",
  pageChangedHint: "Der Server hat eine neuere Seite oder ist weg. Lade neu, um weiterzumachen.",
  offline: "Du bist offline. Was auf der Seite steht, bleibt.",
  reconnecting: "Die Verbindung zum Server wird neu aufgebaut.",
  reconnectingIn: (seconds) => `Die Verbindung zum Server wird in ${seconds} s neu aufgebaut.`,
  tryNow: "Jetzt versuchen",
  server: "Server",
  notAnswering: "antwortet nicht",
  models: "Modelle",
  modelsNow: (title, note) => `Modelle: ${title}${note === "" ? "" : `, ${note}`}`,
  failedToLoad: "nicht geladen",
  modelState: {
    absent: "nicht auf diesem Server",
    downloading: "wird geholt",
    loading: "wird geladen",
    ready: "bereit",
    failed: "fehlgeschlagen",
  },
  modelStage: {
    converting: "Es wird für diesen Rechner vorbereitet; das dauert einmalig eine Minute.",
    measuring: "Gemessen wird, womit es auf diesem Rechner am schnellsten läuft.",
    loading: "Es wird gelesen.",
  },
  usedForNew: "für neue Analysen",
  knows: (sounds) => plural(sounds, { one: "kennt # Geräusch", other: "kennt # Geräusche" }),
  hearsAny: "hört auf beliebige Wörter",
  modelFacts: (knows, seconds) => `${knows}, ein Wert alle ${seconds} s. {license}.`,
  loadingModel: (title) => `${title} wird geladen`,
  downloadingModel: (title) => `${title} wird geholt`,
  fileSoFar: (file, done) => `${file} ${done}`,
  fileOf: (file, done, total) => `${file} ${done} von ${total}`,
  cancelDownload: "Holen abbrechen",
  acceptLicence: "Ich nehme diese Lizenz an",
  download: (title) => `${title} holen`,
  terms: {
    flam:
      "FLAMs Gewichte gehören Adobe und stehen unter der Adobe Research License: nur für nicht kommerzielle " +
      "Forschung. Sie werden aus Adobes Ablage auf dem Hugging Face Hub geholt, etwa 800 MB, und bleiben auf diesem " +
      "Server.",
  },
  keys: "Tasten",
  allKeys: "Alle Tasten",
  keyGroups: [
    {
      title: "Hören",
      keys: [
        ["Leertaste K", "Abspielen oder anhalten"],
        ["← →", "5 s zurück oder vor, mit Umschalt 1 s"],
        ["J L", "10 s zurück oder vor"],
        [", .", "Um einen Schritt des Modells zurück oder vor"],
        ["Pos1 Ende", "An den Anfang oder das Ende"],
        ["N P", "Nächste oder vorige Fundstelle"],
        ["W", "Große Wörter: was klingt, über den ganzen Schirm"],
      ],
    },
    {
      title: "Fundstellen beurteilen",
      keys: [
        ["↑ ↓", "In der Liste: von einer zur anderen"],
        ["Eingabe", "In der Liste: nur diese abspielen"],
        ["A X", "Die gewählte oder die unter der Abspielmarke bestätigen oder verwerfen"],
        ["Entf", "In der Liste: ausblenden"],
        ["[ ]", "In der Liste: um einen Schritt weiten, mit Umschalt verengen"],
      ],
    },
    {
      title: "Ansehen",
      keys: [
        ["+ −", "Vergrößern oder verkleinern"],
        ["0", "Alles zeigen"],
        ["F", "Der Analyse folgen"],
        ["I", "Warum, warum nicht: der Wert unter dem Zeiger oder der Abspielmarke"],
      ],
    },
    {
      title: "Auswählen",
      keys: [
        ["[ ]", "Auswahl ab der oder bis zur Abspielmarke"],
        ["Z", "Auf die Auswahl vergrößern"],
        ["R", "Sie immer wieder abspielen oder nicht"],
        ["Esc", "Auswahl aufheben"],
      ],
    },
    {
      title: "Suchwörter und alles andere",
      keys: [
        ["/", "Suchwort hinzufügen; Pfeile wählen einen Vorschlag"],
        ["|", "Zwischen Wortlauten: einer von ihnen, der am stärksten gehörte"],
        [">", "Zwischen Wortlauten: wie viel mehr der erste gehört wird"],
        ["Alt ↑ ↓", "Die Zeile bewegen, deren Name den Fokus hat"],
        ["Strg Z", "Rückgängig, mit Umschalt wiederholen"],
        ["Strg K", "Jeder Befehl beim Namen; eine Zeit führt dorthin"],
        ["?", "Diese Liste"],
      ],
    },
  ],
  withAMouse: "Mit der Maus oder durch Berühren",
  pointer: [
    ["Klicken", "Die Abspielmarke geht dorthin"],
    ["Ziehen", "Wählt Zeit aus; die Ränder lassen sich ziehen"],
    ["Die Zeitachse ziehen", "Bewegt die Aufnahme, wie überall mit Umschalt oder der mittleren Taste"],
    ["Den Griff der Abspielmarke ziehen", "Spult"],
    ["Den Griff einer Zeile ziehen", "Bewegt die Zeile"],
    ["Den Namen einer Zeile klicken", "Ihre Wörter, Wortlaute, Schwelle und Farbe"],
    ["Die Schwelle einer Zeile ziehen", "Setzt sie nur für diese Zeile; ein Doppelklick teilt sie wieder"],
    ["Mausrad", "Vergrößert am Zeiger; mit Umschalt oder seitwärts bewegt es die Aufnahme"],
    ["Doppelklick", "Zeigt alles"],
    ["Ein Finger", "Tippen geht dorthin, Ziehen bewegt die Aufnahme; langes Drücken wählt aus"],
    ["Zwei Finger", "Vergrößern und bewegen"],
  ],
};
