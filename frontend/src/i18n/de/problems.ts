import type { Words } from "../language";

export const problems: Words["problems"] = {};
