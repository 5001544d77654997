import type { Words } from "../language";

export const commands: Words["commands"] = {};
