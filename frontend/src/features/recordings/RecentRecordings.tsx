import { useEffect, useState } from "react";
import { deleteRecording, listRecordings } from "../../api/client";
import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { useNotice } from "../../app/notice";
import { recordingHash } from "../../app/route";
import { formatAgo, formatClock } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { durationOf } from "../session/session-state";

const SHOWN = 8;

const STATES: Record<Recording["state"], string> = {
  stored: "not analysed yet",
  queued: "queued",
  fetching: "fetching",
  analyzing: "being analysed",
  done: "",
  failed: "failed",
  cancelled: "cancelled",
};

function wordsFor(recording: Recording, now: Date): string {
  const durationS = durationOf(recording);
  const parts = [
    durationS > 0 ? formatClock(durationS) : "",
    STATES[recording.state],
    formatAgo(recording.created_at, now),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

export function RecentRecordings() {
  const [recordings, setRecordings] = useState<Recording[]>([]);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    listRecordings(SHOWN).then(
      (list) => current && setRecordings(list),
      (error: unknown) => current && useNotice.getState().show(problemOf(error)),
    );
    return () => {
      current = false;
    };
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
      <h2 id="recent-title">Recent recordings</h2>
      <ul>
        {recordings.map((recording) => (
          <li key={recording.id} className="recent-item">
            <a className="recent-link" href={recordingHash(recording.id, null)}>
              <span className="recent-title">{recording.title}</span>
              <span className="recent-words num">{wordsFor(recording, now)}</span>
            </a>
            {asked === recording.id ? (
              <span className="recent-confirm">
                <button type="button" className="btn btn-danger" onClick={() => void remove(recording.id)}>
                  Delete
                </button>
                <button type="button" className="btn" onClick={() => setAsked(null)}>
                  Keep
                </button>
              </span>
            ) : (
              <button
                type="button"
                className="icon-btn"
                aria-label={`Delete ${recording.title}`}
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
