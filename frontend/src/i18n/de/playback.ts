import type { Words } from "../language";

export const playback: Words["playback"] = {
  player: "Wiedergabe",
  play: "Abspielen",
  pause: "Anhalten",
  previousMoment: "Vorige Fundstelle",
  nextMoment: "Nächste Fundstelle",
  notYet: "Abspielen geht, wenn alles da ist",
  stillArriving: "Abspielen geht, wenn alles da ist.",
  unplayable: "Dieser Browser kann die Datei nicht abspielen. Die Karte geht trotzdem.",
  speed: "Tempo",
  mute: "Stumm",
  loop: "Schleife",
  ofSelection: "über die Auswahl",
  hints: [
    ["Leertaste", "abspielen"],
    ["N", "nächste Fundstelle"],
    ["/", "Suchwort hinzufügen"],
    ["?", "alle Tasten"],
  ],
};
