import type { Words } from "../language";

export const offline: Words["offline"] = {};
