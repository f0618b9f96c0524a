"use client";

import { GripVertical } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { later, useLater } from "@/components/ui/later";
import type { Todo } from "@/lib/api/todos";
import { isolated } from "@/lib/text";
import type { RowActions } from "./row-actions";

/** What drags rows; the list loads it after the first rendering. */
export const drag = later(() => import("./row-drag"));

const menu = later(() => import("./move-menu"));

type RowGripProps = {
  todo: Todo;
  row: RefObject<HTMLElement | null>;
  disabled: boolean;
  /** Whether what drags is loaded. */
  dragReady: boolean;
  actions: RowActions;
};

/** Drags its row to another place, and offers the same by single presses when it is pressed. */
export function RowGrip({ todo, row, disabled, dragReady, actions }: RowGripProps) {
  const grip = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const MoveMenu = useLater(menu, open)?.MoveMenu;

  useEffect(() => {
    const module = drag.get();
    if (!dragReady || disabled || !module || !row.current || !grip.current) return;
    return module.makeDraggable({
      row: row.current,
      grip: grip.current,
      id: todo.id,
      onDrop: (id, edge) => actions.drop(id, todo.id, edge),
    });
  }, [dragReady, disabled, row, todo.id, actions]);

  return (
    <>
      <button
        ref={grip}
        type="button"
        disabled={disabled}
        aria-label={`Move ${isolated(todo.title)}`}
        aria-haspopup="menu"
        onClick={() => setOpen(true)}
        className="-ml-7 grid h-11 w-6 shrink-0 cursor-grab place-items-center rounded-lg text-muted transition-opacity focus-visible:opacity-100 disabled:cursor-default pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
      >
        <GripVertical aria-hidden="true" className="size-4" />
      </button>
      {MoveMenu && (
        <MoveMenu
          anchor={grip}
          title={todo.title}
          onMove={(by) => actions.move(todo.id, by)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
