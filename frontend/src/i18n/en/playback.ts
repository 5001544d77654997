/** Keys by their names on the keyboard. */
type Hint = readonly [key: string, what: string];

export const playback = {
  player: "Player",
  play: "Play",
  pause: "Pause",
  previousMoment: "Previous moment",
  nextMoment: "Next moment",
  notYet: "It can be played when all of it has arrived",
  stillArriving: "It can be played when all of it is here.",
  unplayable: "This browser cannot play the file. The map works all the same.",
  speed: "Speed",
  mute: "Mute",
  loop: "Loop",
  /** Goes on after `loop` where there is room. */
  ofSelection: "selection",
  hints: [
    ["space", "play"],
    ["N", "next moment"],
    ["/", "add a prompt"],
    ["?", "all keys"],
  ] as readonly Hint[],
};
