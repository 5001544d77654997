import { pluralIn } from "../plural";
import { openingRecording } from "./opening";

const plural = pluralIn("en");

/** Keys by their names on the keyboard, which `KeysSheet` splits at spaces. */
type Pair = readonly [string, string];

export const app = {
  toTheStart: "SonoTag, to the start",
  lightTheme: "Light theme",
  darkTheme: "Dark theme",
  language: "Language",
  languageOfBrowser: "As the browser",
  languageFailed: "The language could not be loaded.",
  openingRecording,
  pageChanged: "This part of the page could not be loaded.",
  pageChangedHint: "The server has a newer page, or is away. Reload to go on.",
  offline: "You are offline. What is on the page stays.",
  reconnecting: "Reconnecting to the server, trying again.",
  reconnectingIn: (seconds: number) => `Reconnecting to the server, trying again in ${seconds} s.`,
  tryNow: "Try now",
  server: "Server",
  notAnswering: "not answering",
  models: "Models",
  modelsNow: (title: string, note: string) => `Models: ${title}${note === "" ? "" : `, ${note}`}`,
  failedToLoad: "failed to load",
  modelState: {
    absent: "not on this server",
    downloading: "downloading",
    loading: "loading",
    ready: "ready",
    failed: "failed",
  },
  /** The first two only at a model's first start. */
  modelStage: {
    converting: "Preparing it for this computer, which takes a minute, once.",
    measuring: "Measuring what runs it fastest on this computer.",
    loading: "Reading it.",
  },
  usedForNew: "used for new analyses",
  knows: (sounds: number) => plural(sounds, { one: "knows # sound", other: "knows # sounds" }),
  hearsAny: "hears any words",
  /** `{license}` is one in its own words. */
  modelFacts: (knows: string, seconds: string) => `${knows}, every ${seconds} s. {license}.`,
  loadingModel: (title: string) => `Loading ${title}`,
  downloadingModel: (title: string) => `Downloading ${title}`,
  fileSoFar: (file: string, done: string) => `${file} ${done}`,
  fileOf: (file: string, done: string, total: string) => `${file} ${done} of ${total}`,
  cancelDownload: "Cancel download",
  acceptLicence: "I accept this licence",
  download: (title: string) => `Download ${title}`,
  /** What the server says before a download, by the model's name, where this is not the server's language. */
  terms: {} as Readonly<Record<string, string>>,
  keys: "Keys",
  allKeys: "All keys",
  keyGroups: [
    {
      title: "Listen",
      keys: [
        ["space K", "Play or pause"],
        ["← →", "Back or on by 5 s, with shift by 1 s"],
        ["J L", "Back or on by 10 s"],
        [", .", "Back or on by one frame of the model"],
        ["home end", "To the beginning or the end"],
        ["N P", "Next or previous moment"],
        ["W", "Large words: what sounds, over the whole screen"],
      ],
    },
    {
      title: "Judge moments",
      keys: [
        ["↑ ↓", "In the list: from moment to moment"],
        ["enter", "In the list: play it alone"],
        ["A X", "Accept or reject the moment in hand, or the one under the playhead"],
        ["delete", "In the list: hide it"],
        ["[ ]", "In the list: widen it by a frame, with shift narrow it"],
      ],
    },
    {
      title: "Look",
      keys: [
        ["+ −", "Zoom in or out"],
        ["0", "Show all"],
        ["F", "Follow the analysis"],
        ["I", "Why, why not: the score at the pointer or the playhead"],
      ],
    },
    {
      title: "Select",
      keys: [
        ["[ ]", "Selection from or to the playhead"],
        ["Z", "Zoom to the selection"],
        ["R", "Play it over and over, or not"],
        ["esc", "Clear it"],
      ],
    },
    {
      title: "Prompts and the rest",
      keys: [
        ["/", "Add a prompt; arrows choose a suggestion"],
        ["|", "Between wordings: either of them, the one heard most"],
        [">", "Between wordings: how much more the first is heard"],
        ["alt ↑ ↓", "Move the row whose name has the focus"],
        ["ctrl Z", "Undo, with shift redo"],
        ["ctrl K", "Every command by its name; a time goes there"],
        ["?", "This list"],
      ],
    },
  ] as ReadonlyArray<{ title: string; keys: readonly Pair[] }>,
  withAMouse: "With a mouse or by touch",
  pointer: [
    ["Click", "The playhead goes there"],
    ["Drag", "Selects time; its edges can be dragged"],
    ["Drag the time axis", "Moves the recording, as shift or the middle button do anywhere"],
    ["Drag the playhead's handle", "Scrubs"],
    ["Drag a row's grip", "Moves the row"],
    ["Click a row's name", "Its words, wordings, threshold and colour"],
    ["Drag a row's threshold", "Sets it for that row alone; a double click shares it again"],
    ["Wheel", "Zooms at the pointer; with shift, or sideways, it moves the recording"],
    ["Double click", "Shows all"],
    ["One finger", "Taps go there, drags move the recording; a long press selects"],
    ["Two fingers", "Zoom and move"],
  ] as readonly Pair[],
};
