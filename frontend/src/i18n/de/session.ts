import type { Words } from "../language";

export const session: Words["session"] = {
  note: {
    othersCount: (unknown) => `Dieses Modell kennt ${quoted(unknown)} nicht; die übrigen Wortlaute zählen.`,
    nothingAgainst: (unknown) =>
      `Dieses Modell kennt ${quoted(unknown)} nicht, also lässt sich nichts dagegenhalten.`,
    tooLong: "Länger, als FLAM liest: Gesucht wird nur nach dem Anfang.",
  },
};

function quoted(wordings: readonly string[]): string {
  return wordings.map((wording) => `„${wording}“`).join(", ");
}
