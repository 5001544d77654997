import type { Words } from "../language";

export const source: Words["source"] = {};
