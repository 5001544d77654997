import { useRef } from "react";
import { Menu } from "../../ui/Menu";
import { Sheet } from "../../ui/Sheet";
import { Part, State } from "./Part";

export function Overlays() {
  const sheet = useRef<HTMLDialogElement>(null);
  return (
    <Part title="Menus and sheets">
      <State name="menu">
        <Menu label="Open the menu">
          {(close) => (
            <>
              <button type="button" className="menu-item" onClick={close}>
                Copy link <span>to this very view</span>
              </button>
              <button type="button" className="menu-item" onClick={close} disabled>
                Save picture <span>PNG, for print</span>
              </button>
            </>
          )}
        </Menu>
      </State>
      <State name="menu, disabled">
        <Menu label="No menu" disabled>
          {() => null}
        </Menu>
      </State>
      <State name="sheet">
        <button
          type="button"
          className="btn"
          aria-haspopup="dialog"
          onClick={() => sheet.current?.showModal()}
        >
          Open the sheet
        </button>
        <Sheet dialog={sheet} title="A sheet">
          <p>It holds the focus until it is closed.</p>
        </Sheet>
      </State>
    </Part>
  );
}
