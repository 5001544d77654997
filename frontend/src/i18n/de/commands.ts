import type { Words } from "../language";

export const commands: Words["commands"] = {
  title: "Befehle",
  command: "Befehl",
  placeholder: "Was zu tun ist, oder eine Zeit",
  none: "Nichts mit diesem Namen.",

  goTo: (time) => `Zu ${time} gehen`,
  play: "Abspielen",
  pause: "Anhalten",
  nextMoment: "Nächste Fundstelle",
  previousMoment: "Vorige Fundstelle",
  toBeginning: "Zum Anfang gehen",
  toEnd: "Zum Ende gehen",
  loop: "Auswahl immer wieder abspielen",
  doNotLoop: "Auswahl nicht immer wieder abspielen",
  largeWords: "Große Wörter",

  playMoment: (prompt, time) => `${prompt} bei ${time} abspielen`,
  acceptMoment: (prompt, time) => `${prompt} bei ${time} bestätigen`,
  rejectMoment: (prompt, time) => `${prompt} bei ${time} verwerfen`,
  addSelection: (prompt) => `Auswahl als ${prompt} ergänzen`,

  zoomIn: "Vergrößern",
  zoomOut: "Verkleinern",
  showAll: "Alles zeigen",
  zoomToSelection: "Auf die Auswahl vergrößern",
  clearSelection: "Auswahl aufheben",
  follow: "Der Analyse folgen",
  cancel: "Analyse abbrechen",

  addPrompt: "Suchwort hinzufügen",
  undo: "Rückgängig machen",
  redo: "Wiederholen",
  sorts: {
    peak: "Zeilen nach Höchstwert ordnen",
    mean: "Zeilen nach Mittel ordnen",
    first: "Zeilen nach erster Fundstelle ordnen",
  },
  next: (prompt) => `Nächste Fundstelle von ${prompt}`,

  copyLink: "Link zu dieser Ansicht kopieren",
  savePicture: "Bild dieser Ansicht speichern",
  saveDrawing: "Zeichnung dieser Ansicht speichern",
  copyMoments: "Fundstellen als Text kopieren",

  themeOfSystem: "Thema des Systems",
  colours: (name) => `Farben: ${name}`,
  languageOfBrowser: "Sprache des Browsers",
  toStart: "Zurück zur Startseite",

  keys: {
    space: "Leertaste",
    home: "Pos1",
    end: "Ende",
    escape: "Esc",
    undo: "Strg Z",
    redo: "Strg Umschalt Z",
  },
};
