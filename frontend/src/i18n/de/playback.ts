import type { Words } from "../language";

export const playback: Words["playback"] = {};
