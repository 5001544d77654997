import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { openingRecording as german } from "../src/i18n/de/opening.ts";
import { openingRecording as english } from "../src/i18n/en/opening.ts";

const PAGE = "/index.html";
const STYLES = ["tokens.css", "first.css"];
const OPENING = "<!--opening-->";
const SCRIPT = /\s*<(?:script type="module"[^>]*><\/script>|link rel="modulepreload"[^>]*>)/g;
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
        // The entry names the others in the order in which they run, and the largest last. A browser that has not seen
        // the whole document yet fetches only two of low priority at a time: the largest is to be among them.
        const scripts = later(text, SCRIPT).reverse();
        const sheets = later(text, STYLE_SHEET);
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

/** The tags, with a word that the first paint does not wait for what they fetch. */
function later(text: string, tags: RegExp): string[] {
  return (text.match(tags) ?? []).map((tag) => tag.replace(/<(script|link)/, '<$1 fetchpriority="low"'));
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
