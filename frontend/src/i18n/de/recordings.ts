import type { Words } from "../language";

export const recordings: Words["recordings"] = {};
