import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";

type RowDrag = {
  row: HTMLElement;
  /** What the row is dragged by. */
  grip: HTMLElement;
  id: string;
  /** Called when another row was dropped above or below this one. */
  onDrop: (id: string, edge: Edge) => void;
};

/** The side of a row that something is dropped at. */
export type Edge = "before" | "after";

/** Lets a row be dragged by its grip, and others be dropped on it. Returns what ends that. */
export function makeDraggable({ row, grip, id, onDrop }: RowDrag): () => void {
  const clear = () => {
    delete row.dataset.drop;
  };
  const edgeAt = (y: number): Edge => {
    const { top, height } = row.getBoundingClientRect();
    return y < top + height / 2 ? "before" : "after";
  };
  return combine(
    draggable({
      element: row,
      dragHandle: grip,
      getInitialData: () => ({ todoId: id }),
      onDragStart: () => {
        row.dataset.dragging = "";
      },
      onDrop: () => {
        delete row.dataset.dragging;
      },
    }),
    dropTargetForElements({
      element: row,
      canDrop: ({ source }) => typeof source.data.todoId === "string" && source.data.todoId !== id,
      onDrag: ({ location }) => {
        row.dataset.drop = edgeAt(location.current.input.clientY);
      },
      onDragLeave: clear,
      onDrop: ({ source, location }) => {
        clear();
        onDrop(String(source.data.todoId), edgeAt(location.current.input.clientY));
      },
    }),
    clear,
  );
}
