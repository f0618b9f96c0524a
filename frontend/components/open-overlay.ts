/** What can open over the page. The dialogs and panels themselves are in overlays.tsx, which knows all of them. */
export type OverlayName =
  | "assistant"
  | "delete-account"
  | "help"
  | "import"
  | "login"
  | "palette"
  | "password";

/** What each dialog or panel over the page is given: what to call when it has closed. */
export type OverlayProps = { onClose: () => void };

type Open = (name: OverlayName) => void;

let open: Open | undefined;
let waiting: OverlayName[] = [];

/** Opens a dialog or panel, or does nothing when it is open already. */
export function openOverlay(name: OverlayName): void {
  if (open) open(name);
  else waiting.push(name);
}

/** Sets what opens them, as long as there is a place for them. Returns what ends that. */
export function provideOverlays(how: Open): () => void {
  open = how;
  for (const name of waiting.splice(0)) how(name);
  return () => {
    open = undefined;
    waiting = [];
  };
}
