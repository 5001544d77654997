import { access } from "./access";
import { app } from "./app";
import { commands } from "./commands";
import { common } from "./common";
import { detections } from "./detections";
import { nowPlaying } from "./now-playing";
import { offline } from "./offline";
import { playback } from "./playback";
import { problems } from "./problems";
import { prompts } from "./prompts";
import { recordings } from "./recordings";
import { session } from "./session";
import { share } from "./share";
import { source } from "./source";
import { timeline } from "./timeline";

/** Every text of the page, by the part of the page that says it. */
export const en = {
  access,
  app,
  commands,
  common,
  detections,
  nowPlaying,
  offline,
  playback,
  problems,
  prompts,
  recordings,
  session,
  share,
  source,
  timeline,
};
