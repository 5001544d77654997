import { useEffect, useState } from "react";
import { deleteRecording, listRecordings } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { useNotice } from "../../app/notice";
import { recordingHash } from "../../app/route";
import { useWords } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { Icon } from "../../ui/Icon";
import { SiteIcon } from "../../ui/SiteIcon";
import { isChanging, recentWords } from "./recent-words";

const SHOWN = 8;

/** How often the list is asked for anew while something in it changes. */
const FRESHEN_MS = 1500;

export function RecentRecordings() {
  const texts = useWords().recordings;
  const [recordings, setRecordings] = useState<Recording[]>([]);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    const scope = new DisposableScope();
    const load = async () => {
      try {
        const list = await listRecordings(SHOWN);
        if (scope.disposed) return;
        setRecordings(list);
        if (list.some(isChanging)) scope.after(FRESHEN_MS, () => void load());
      } catch (error) {
        if (!scope.disposed) useNotice.getState().show(problemOf(error));
      }
    };
    void load();
    return () => scope.dispose();
  }, []);
  if (recordings.length === 0) return null;

  const remove = async (id: string) => {
    try {
      await deleteRecording(id);
      setRecordings((list) => list.filter((recording) => recording.id !== id));
    } catch (error) {
      useNotice.getState().show(problemOf(error));
    }
    setAsked(null);
  };

  const now = new Date();
  return (
    <section className="recent" aria-labelledby="recent-title">
      <h2 id="recent-title">{texts.recent}</h2>
      <ul>
        {recordings.map((recording) => (
          <li key={recording.id} className="recent-item">
            <a className="recent-link" href={recordingHash(recording.id, null)}>
              <SourceSign recording={recording} />
              <span className="recent-title">{recording.title}</span>
              <span className="recent-words num">{recentWords(recording, now)}</span>
            </a>
            {asked === recording.id ? (
              <span className="recent-confirm">
                <button type="button" className="btn btn-danger" onClick={() => void remove(recording.id)}>
                  {texts.delete}
                </button>
                <button type="button" className="btn" onClick={() => setAsked(null)}>
                  {texts.keep}
                </button>
              </span>
            ) : (
              <button
                type="button"
                className="icon-btn"
                aria-label={texts.deleteNamed(recording.title)}
                onClick={() => setAsked(recording.id)}
              >
                <Icon name="trash" size={16} />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where it came from, at a glance. */
function SourceSign({ recording }: { recording: Recording }) {
  if (recording.link) return <SiteIcon site={recording.link.site} size={16} />;
  return <Icon name={recording.source.kind === "sample" ? "wave" : "file"} size={16} />;
}
