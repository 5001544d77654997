import type { Words } from "../language";

export const nowPlaying: Words["nowPlaying"] = {
  nowPlaying: "Zu hören",
  largeWords: "Große Wörter",
  largeWordsKey: "Große Wörter (W)",
  close: "Große Wörter schließen",
  fullScreen: "Vollbild",
  leaveFullScreen: "Vollbild verlassen",
  more: (count) => `und ${count} weitere`,
  none: "Keines deiner Geräusche",
  notHeard: "Noch nicht gehört",
  coming: (prompt, length) => `${prompt} in ${length}`,
  picture: "Bild, spielt ab oder hält an",
  openAt: "Ab {at} auf {site} öffnen",
  underPlayhead: "Unter der Abspielmarke",
  noneHere: "keines deiner Geräusche",
  notHeardHere: "noch nicht gehört",
};
