import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { openingRecording as german } from "../src/i18n/de/opening.ts";
import { openingRecording as english } from "../src/i18n/en/opening.ts";

const PAGE = "/index.html";
const STYLES = ["tokens.css", "first.css"];
const OPENING = "<!--opening-->";
const SCRIPT = /\s*<(?:script type="module"[^>]*><\/script>|link rel="modulepreload"[^>]*>)/g;
/** Only two files of low priority are fetched at a time until a browser has seen the whole document. */
const LARGEST = "/shared-";
const STYLE_SHEET = /\s*<link rel="stylesheet"[^>]*>/g;

/**
 * Lets the document show something before any other file has come: writes into it the styles and the words of what
 * it shows, and moves its style sheets behind that, where they hold up only what follows. The server allows exactly
 * these styles by their hash (`api/page.py`).
 */
export function firstPaint(): Plugin {
  return {
    name: "sonotag-first-paint",
    transformIndexHtml: {
      order: "post",
      handler(text, { path }) {
        if (path !== PAGE) return text;
        if (!text.includes(OPENING)) throw new Error("the first words have no place");
        const scripts = (text.match(SCRIPT) ?? []).map((tag) =>
          tag.includes(LARGEST) ? afterwards(tag) : tag,
        );
        const sheets = (text.match(STYLE_SHEET) ?? []).map(afterwards);
        return text
          .replace(SCRIPT, "")
          .replace(STYLE_SHEET, "")
          .replace("</head>", () => `  <style>${styles()}</style>${scripts.join("")}\n  </head>`)
          .replace(OPENING, words)
          .replace("</body>", () => `${sheets.join("").trimStart()}\n  </body>`);
      },
    },
  };
}

/** With a word to the browser that the first paint does not wait for what the tag fetches. */
function afterwards(tag: string): string {
  return tag.replace(/<(script|link)/, '<$1 fetchpriority="low"');
}

function styles(): string {
  return STYLES.map((name) => readFileSync(new URL(`../src/app/styles/${name}`, import.meta.url), "utf8"))
    .join("")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .trim();
}

function words(): string {
  const said = { en: english, de: german };
  return Object.entries(said)
    .map(([language, text]) => `<p class="opening" lang="${language}">${text}</p>`)
    .join("");
}
