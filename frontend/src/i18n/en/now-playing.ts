export const nowPlaying = {
  nowPlaying: "Now playing",
  largeWords: "Large words",
  largeWordsKey: "Large words (W)",
  close: "Close large words",
  fullScreen: "Full screen",
  leaveFullScreen: "Leave full screen",
  more: (count: number) => `and ${count} more`,
  none: "None of your sounds",
  notHeard: "Not heard yet",
  coming: (prompt: string, length: string) => `${prompt} in ${length}`,
  picture: "Picture, plays or pauses",
  /** {at} is a time in the recording. */
  openAt: "Open at {at} on {site}",
  underPlayhead: "Under the playhead",
  noneHere: "none of your sounds",
  notHeardHere: "not heard yet",
};
