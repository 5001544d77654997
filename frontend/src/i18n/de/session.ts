import type { Words } from "../language";

export const session: Words["session"] = {};
