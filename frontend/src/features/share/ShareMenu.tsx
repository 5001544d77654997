import { useState } from "react";
import { problemOf } from "../../api/problem";
import { useNotice } from "../../app/notice";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useRecordingAccess } from "../access/recording-access";
import { addressOf } from "../session/address";
import { useWorkspace, type Workspace } from "../session/context";
import { copyText, saveBlob } from "./copy";
import { makePicture } from "./make-picture";
import { makeSvg } from "./make-svg";
import { momentsText } from "./moments-text";
import { ShareLinks } from "./ShareLinks";

type Done = "link" | "text" | "picture" | "drawing";

const WORDS: Record<Done, string> = {
  link: "The link is on the clipboard.",
  text: "The list is on the clipboard.",
  picture: "The picture is saved.",
  drawing: "The drawing is saved.",
};

async function copyOrTell(text: string): Promise<boolean> {
  if (await copyText(text)) return true;
  useNotice.getState().show({
    code: "clipboard",
    message: "This browser does not let the page copy.",
    hint: "The address of the page holds everything: copy it from the address bar.",
  });
  return false;
}

export async function copyLink(workspace: Workspace): Promise<boolean> {
  return copyOrTell(addressOf(workspace, true));
}

export async function copyMoments(workspace: Workspace): Promise<boolean> {
  const { recording, detections } = workspace.session.store.getState();
  return copyOrTell(momentsText(recording?.title ?? "", detections, addressOf(workspace, true)));
}

type Make = (workspace: Workspace) => Promise<{ blob: Blob; name: string }>;

export const savePicture = (workspace: Workspace) => save(workspace, makePicture);
export const saveDrawing = (workspace: Workspace) => save(workspace, makeSvg);

async function save(workspace: Workspace, make: Make): Promise<boolean> {
  try {
    const { blob, name } = await make(workspace);
    saveBlob(blob, name);
    return true;
  } catch (error) {
    useNotice.getState().show(problemOf(error));
    return false;
  }
}

/** What is on show, for somebody else: as a link, a picture or a list. */
export function ShareMenu() {
  const workspace = useWorkspace();
  const { owner } = useRecordingAccess(workspace.session.id);
  const [done, setDone] = useState<Done | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (what: Done, work: (workspace: Workspace) => Promise<boolean>) => {
    setBusy(true);
    setDone(null);
    const worked = await work(workspace);
    setBusy(false);
    setDone(worked ? what : null);
  };
  const items = [
    { what: "link", title: "Copy link", note: "to this very view", work: copyLink },
    { what: "picture", title: "Save picture", note: "PNG, for print", work: savePicture },
    { what: "drawing", title: "Save drawing", note: "SVG, to edit", work: saveDrawing },
    { what: "text", title: "Copy moments", note: "as text", work: copyMoments },
  ] as const;
  return (
    <Menu
      label={
        <>
          <Icon name="share" size={16} />
          Share
        </>
      }
    >
      {() => (
        <>
          {items.map(({ what, title, note, work }) => (
            <button
              key={what}
              type="button"
              className="menu-item"
              disabled={busy}
              onClick={() => void run(what, work)}
            >
              {title} <span>{note}</span>
            </button>
          ))}
          <p className="menu-said" role="status">
            {busy ? "One moment" : done ? WORDS[done] : ""}
          </p>
          {owner && <ShareLinks workspace={workspace} />}
        </>
      )}
    </Menu>
  );
}
