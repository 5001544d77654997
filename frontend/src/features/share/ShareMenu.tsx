import { useState } from "react";
import { problemOf } from "../../api/problem";
import { useNotice } from "../../app/notice";
import { useWords, type Words, words } from "../../i18n/language";
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

type Done = keyof Words["share"]["done"];

async function copyOrTell(text: string): Promise<boolean> {
  if (await copyText(text)) return true;
  const { noCopy, noCopyHint } = words().share;
  useNotice.getState().show({ code: "clipboard", message: noCopy, hint: noCopyHint });
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
  const { share } = useWords();
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
    { what: "link", title: share.copyLink, note: share.toThisView, work: copyLink },
    { what: "picture", title: share.savePicture, note: share.forPrint, work: savePicture },
    { what: "drawing", title: share.saveDrawing, note: share.toEdit, work: saveDrawing },
    { what: "text", title: share.copyMoments, note: share.asText, work: copyMoments },
  ] as const;
  return (
    <Menu
      label={
        <>
          <Icon name="share" size={16} />
          {share.share}
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
            {busy ? share.oneMoment : done ? share.done[done] : ""}
          </p>
          {owner && <ShareLinks workspace={workspace} />}
        </>
      )}
    </Menu>
  );
}
