import { offerUndo, undo } from "@/lib/undo-stack";
import { dismiss, notify } from "./toast";

/** Says what was done, and offers to take it back by the toast's button or by the key; the toast goes with the offer. */
export function notifyUndoable(title: string, token: string, run: () => void): void {
  offerUndo(token, () => {
    dismiss(token);
    run();
  });
  notify({ id: token, title, action: { label: "Undo", onClick: () => undo(token) } });
}
