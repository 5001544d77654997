export const commands = {
  title: "Commands",
  command: "Command",
  placeholder: "What to do, or a time",
  none: "Nothing of that name.",

  goTo: (time: string) => `Go to ${time}`,
  play: "Play",
  pause: "Pause",
  nextMoment: "Next moment",
  previousMoment: "Previous moment",
  toBeginning: "Go to the beginning",
  toEnd: "Go to the end",
  loop: "Loop the selection",
  doNotLoop: "Do not loop the selection",
  largeWords: "Large words",

  playMoment: (prompt: string, time: string) => `Play ${prompt} at ${time}`,
  acceptMoment: (prompt: string, time: string) => `Accept ${prompt} at ${time}`,
  rejectMoment: (prompt: string, time: string) => `Reject ${prompt} at ${time}`,
  addSelection: (prompt: string) => `Add the selection as ${prompt}`,

  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  showAll: "Show all",
  zoomToSelection: "Zoom to the selection",
  clearSelection: "Clear the selection",
  follow: "Follow the analysis",
  cancel: "Cancel the analysis",

  addPrompt: "Add a prompt",
  undo: "Undo",
  redo: "Redo",
  sorts: {
    peak: "Sort rows by peak",
    mean: "Sort rows by mean",
    first: "Sort rows by first moment",
  },
  next: (prompt: string) => `Next ${prompt}`,

  copyLink: "Copy link to this view",
  savePicture: "Save picture of this view",
  saveDrawing: "Save drawing of this view",
  copyMoments: "Copy moments as text",

  themeOfSystem: "Theme of the system",
  colours: (name: string) => `Colours: ${name}`,
  languageOfBrowser: "Language of the browser",
  toStart: "Back to the start",

  /** Keys by their names on the keyboard, split at spaces. */
  keys: {
    space: "space",
    home: "home",
    end: "end",
    escape: "esc",
    undo: "ctrl Z",
    redo: "ctrl shift Z",
  },
};
