export const playback = {};
