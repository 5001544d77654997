export const detections = {};
