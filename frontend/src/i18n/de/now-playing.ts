import type { Words } from "../language";

export const nowPlaying: Words["nowPlaying"] = {};
