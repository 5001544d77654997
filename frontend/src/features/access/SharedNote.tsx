import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";

/** Says that this is somebody else's recording, and what can be done with it. */
export function SharedNote() {
  const { access } = useWords();
  return (
    <p className="shared-note">
      <Icon name="shown" size={16} />
      <span>
        {access.sharedWithYou}
        <span className="shared-more">{access.whatYouMay}</span>
      </span>
    </p>
  );
}
