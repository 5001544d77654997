import type { Words } from "../language";

export const timeline: Words["timeline"] = {};
