import type { Words } from "../language";

export const access: Words["access"] = {};
