import { Icon } from "../../ui/Icon";

/** Says that this is somebody else's recording, and what can be done with it. */
export function SharedNote() {
  return (
    <p className="shared-note">
      <Icon name="shown" size={16} />
      <span>
        Shared with you<span className="shared-more">. Look, listen and search for any sound.</span>
      </span>
    </p>
  );
}
