import { apiUrl } from "../../api/base";
import type { LinkInfo, Recording } from "../../api/types";
import { useModels } from "../../app/models";
import { useWords, words } from "../../i18n/language";
import { formatBytes, formatClock } from "../../lib/format";
import { SiteIcon } from "../../ui/SiteIcon";
import { useSession } from "../session/context";
import { durationOf } from "../session/session-state";

/** What the recording is: its picture, its name, where it came from, how long it is. */
export function HeadTitle(props: { recording: Recording; otherModel: boolean }) {
  const { recording, otherModel } = props;
  const { link, source } = recording;
  const { recordings } = useWords();
  const prompts = useSession((state) => state.prompts);
  const uncovered = useSession(
    (state) => state.prompts.filter((p) => state.infos[p]?.covered === false).length,
  );
  const heardBy = useModels(
    (state) => state.overview?.models.find((one) => one.name === recording.model)?.title,
  );
  const durationS = durationOf(recording);
  return (
    <div className="head-what">
      {link?.thumbnail_url && <img className="head-picture" src={apiUrl(link.thumbnail_url).href} alt="" />}
      <div className="head-title">
        <h1>{recording.title}</h1>
        <p className="meta num">
          {link ? <Site link={link} /> : <span>{recordings.kinds[source.kind]}</span>}
          {link?.uploader && <span>{link.uploader}</span>}
          {durationS > 0 && <span>{formatClock(durationS)}</span>}
          {link && stretchWords(link) !== "" && <span>{stretchWords(link)}</span>}
          {source.size_bytes > 0 && !recording.arriving && <span>{formatBytes(source.size_bytes)}</span>}
          {otherModel && <span>{recordings.heardBy(heardBy ?? recordings.anotherModel)}</span>}
          <span>
            {recordings.prompts(prompts.length)}
            {uncovered > 0 && recordings.notCovered(uncovered)}
          </span>
        </p>
        {link?.note && <p className="meta">{recordings.notes[link.note] ?? link.note}</p>}
      </div>
    </div>
  );
}

function Site({ link }: { link: LinkInfo }) {
  const { recordings } = useWords();
  return (
    <span>
      <a className="meta-site" href={link.url} target="_blank" rel="noreferrer">
        <SiteIcon site={link.site} size={15} />
        {link.site}
        <span className="visually-hidden">{recordings.opens(link.url)}</span>
      </a>
    </span>
  );
}

/** Which part of what the link leads to was taken. */
export function stretchWords(link: LinkInfo): string {
  const { recordings } = words();
  const from = link.start_s ? formatClock(link.start_s) : null;
  const to = link.end_s ? formatClock(link.end_s) : null;
  if (from && to) return recordings.fromTo(from, to);
  if (from) return recordings.from(from);
  return to ? recordings.upTo(to) : "";
}
