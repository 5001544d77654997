import { type RefObject, useEffect } from "react";
import { DisposableScope } from "../../lib/disposable-scope";
import { useLink } from "./link-store";
import { linkIn, linkInList, looksLikeLink } from "./link-text";

const carriesLink = (types: readonly string[] = []) =>
  types.includes("text/uri-list") && !types.includes("Files");

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

/** Brings links to the box from wherever they appear: pasted or dropped anywhere on the page, or in its address. */
export function useLinkCatcher(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const scope = new DisposableScope();
    const take = (link: string) => {
      useLink.getState().take(link);
      field.current?.focus();
    };
    scope.listen<Window, ClipboardEvent>(window, "paste", (event) => {
      const text = event.clipboardData?.getData("text") ?? "";
      const inBox = event.target === field.current;
      // In the box itself a paste is typing, unless it fills the empty box with a link.
      if (inBox && field.current?.value !== "") return;
      // In another field only a link and nothing else is meant for the box: nobody looks for the sound of one.
      const elsewhere = !inBox && isTextField(event.target);
      const link = elsewhere && !looksLikeLink(text) ? null : linkIn(text);
      if (link === null) return;
      event.preventDefault();
      take(link);
    });
    scope.listen<Window, DragEvent>(window, "dragover", (event) => {
      if (carriesLink(event.dataTransfer?.types)) event.preventDefault();
    });
    scope.listen<Window, DragEvent>(window, "drop", (event) => {
      const data = event.dataTransfer;
      const link = carriesLink(data?.types) ? linkInList(data?.getData("text/uri-list") ?? "") : null;
      if (link === null) return;
      event.preventDefault();
      take(link);
    });
    return () => scope.dispose();
  }, [field]);

  useEffect(() => {
    const link = takeOutOfAddress();
    if (link === null) return;
    useLink.getState().take(link, { offered: true });
    field.current?.focus();
  }, [field]);
}

/**
 * The link in `?url=`, or in the `?text=` of a phone's share sheet. Another site may have led here, so it is only put
 * into the box, and a press fetches it; it leaves the address, so that a reload does not bring it back.
 */
function takeOutOfAddress(): string | null {
  const address = new URL(location.href);
  // A phone gives what it has not got as nothing.
  const given = address.searchParams.get("url") || address.searchParams.get("text");
  if (!given) return null;
  address.searchParams.delete("url");
  address.searchParams.delete("text");
  address.searchParams.delete("title");
  history.replaceState(history.state, "", address);
  return linkIn(given) ?? given.slice(0, 2000);
}
