/** Of the document itself too, which shows it before there is a script (`worker/first-paint-plugin.ts`). */
export const openingRecording = "Opening the recording";
