"use client";

import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useLayoutEffect, useState } from "react";
import type { Todo } from "@/lib/api/todos";
import { rowKey } from "./draft";

/** Where a row stands when not all of them are in the page. */
export type RowPlace = {
  /** The height of the rows above it that are left out, in pixels. */
  gap: number;
  measure: (row: HTMLElement | null) => void;
};

export type RenderRow = (index: number, place?: RowPlace) => ReactNode;

type VirtualRowsProps = {
  list: RefObject<HTMLUListElement | null>;
  items: Todo[];
  /** The ids of rows that stay although they are out of sight, because something is typed in them. */
  editing: ReadonlySet<string>;
  renderRow: RenderRow;
};

/** The height of a row that was not seen yet, in pixels. */
const USUAL_HEIGHT = 57;
const HEIGHT_WITH_FACTS = 77;

/**
 * The rows that are in sight, and a few around them. They stand in the page's flow with margins in the place of
 * those that are left out, so that the row with the focus can stay wherever it is.
 */
export function VirtualRows({ list, items, editing, renderRow }: VirtualRowsProps) {
  const margin = useTop(list);
  // All rows were in the page until now. With their heights known, nothing jumps when those above are left out.
  const [heights] = useState(() => heightsOf(list.current));

  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count: items.length,
    scrollMargin: margin,
    overscan: 10,
    useFlushSync: false,
    getItemKey: (index) => (items[index] ? rowKey(items[index]) : index),
    estimateSize: (index) => {
      const todo = items[index];
      const known = todo && heights.get(todo.id);
      return known ?? (todo && (todo.due || todo.tags.length > 0) ? HEIGHT_WITH_FACTS : USUAL_HEIGHT);
    },
    rangeExtractor: (range) => {
      const kept = [...editing, focusedId(list.current)].map((id) =>
        items.findIndex((todo) => todo.id === id),
      );
      const shown = new Set([...defaultRangeExtractor(range), ...kept.filter((index) => index >= 0)]);
      return [...shown].sort((a, b) => a - b);
    },
  });

  const rows = virtualizer.getVirtualItems();
  let end = margin;
  return (
    <>
      {rows.map((row) => {
        const gap = row.start - end;
        end = row.end;
        return renderRow(row.index, { gap, measure: virtualizer.measureElement });
      })}
      <li role="presentation" style={{ height: Math.max(0, virtualizer.getTotalSize() + margin - end) }} />
    </>
  );
}

/** How far an element is from the top of the page, in pixels; what stands above it may grow and shrink. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(() => topOf(element.current));
  useLayoutEffect(() => {
    const update = () => setTop(topOf(element.current));
    update();
    const observer = new ResizeObserver(update);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}

function topOf(element: HTMLElement | null): number {
  return element ? Math.round(element.getBoundingClientRect().top + window.scrollY) : 0;
}

function heightsOf(list: HTMLElement | null): Map<string, number> {
  const rows = list?.querySelectorAll<HTMLElement>("[data-todo-id]") ?? [];
  return new Map([...rows].map((row) => [row.dataset.todoId ?? "", row.getBoundingClientRect().height]));
}

function focusedId(list: HTMLElement | null): string | undefined {
  const focused = document.activeElement;
  if (!focused || !list?.contains(focused)) return undefined;
  return focused.closest<HTMLElement>("[data-todo-id]")?.dataset.todoId;
}
