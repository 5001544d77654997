import type { Words } from "../language";

export const prompts: Words["prompts"] = {};
