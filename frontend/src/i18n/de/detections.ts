import type { Words } from "../language";

export const detections: Words["detections"] = {};
