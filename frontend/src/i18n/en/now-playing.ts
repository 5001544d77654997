export const nowPlaying = {};
