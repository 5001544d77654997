import { apiUrl } from "../../api/base";
import { Filled } from "../../i18n/Filled";
import { useWords } from "../../i18n/language";
import { formatClock } from "../../lib/format";
import { usePlayback, useSession } from "../session/context";
import { momentLink } from "./moment-link";

/**
 * The picture that a recording's site shows for it, and the way to this moment there. No player of the site's own is
 * put on the page: it would tell the site who looks, and load what this server does not vouch for.
 */
export function SiteMoment() {
  const { nowPlaying } = useWords();
  const link = useSession((state) => state.recording?.link ?? null);
  const timeS = usePlayback((state) => Math.floor(state.positionS));
  if (!link) return null;
  const at = <span className="num">{formatClock((link.start_s ?? 0) + timeS)}</span>;
  return (
    <p className="site-moment">
      {link.thumbnail_url && <img src={apiUrl(link.thumbnail_url).href} alt="" />}
      <a href={momentLink(link, timeS)} target="_blank" rel="noreferrer">
        <Filled text={nowPlaying.openAt} parts={{ at, site: link.site }} />
      </a>
    </p>
  );
}
