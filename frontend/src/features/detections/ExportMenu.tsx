import { apiUrl, withPrompts } from "../../api/base";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useSession, useWorkspace } from "../session/context";
import { soundingPrompts, thresholdOf } from "../session/session-state";

const FORMATS = ["csv", "json", "audacity"] as const;

export function exportAddress(
  id: string,
  prompts: readonly string[],
  thresholds: readonly number[],
  format: string,
): string {
  const url = apiUrl(`api/recordings/${encodeURIComponent(id)}/detections`);
  withPrompts(url, prompts);
  for (const threshold of thresholds) url.searchParams.append("thresholds", String(threshold));
  url.searchParams.set("format", format);
  url.searchParams.set("verdicts", "true");
  if (format === "json") url.searchParams.set("statistics", "true");
  return url.href;
}

const EXTENSIONS = { csv: "csv", json: "json", audacity: "txt" } as const;

/** The moments as a file, made by the server by the same rule as the list. */
export function ExportMenu() {
  const { session } = useWorkspace();
  const { detections } = useWords();
  const state = useSession((whole) => whole);
  const prompts = soundingPrompts(state);
  const thresholds = prompts.map((prompt) => thresholdOf(state, prompt));
  const title = useSession((state) => state.recording?.title ?? detections.fileName);
  const none = useSession((state) => state.detections.length === 0);
  const rejected = useSession((state) => state.moments.length - state.detections.length);
  return (
    <Menu
      disabled={none}
      label={
        <>
          <Icon name="export" size={16} />
          {detections.export}
        </>
      }
    >
      {(close) => (
        <>
          {FORMATS.map((format) => (
            <a
              key={format}
              className="menu-item"
              href={exportAddress(session.id, prompts, thresholds, format)}
              download={`${title}.${EXTENSIONS[format]}`}
              onClick={close}
            >
              {detections.formats[format].title} <span>{detections.formats[format].note}</span>
            </a>
          ))}
          {rejected > 0 && <p className="menu-said">{detections.withoutRejected(rejected)}</p>}
        </>
      )}
    </Menu>
  );
}
