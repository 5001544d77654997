import type { Words } from "../language";

export const share: Words["share"] = {};
