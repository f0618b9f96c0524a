import type { Edge } from "./row-drag";

/** What a row asks of the list that it stands in. */
export type RowActions = {
  setEditing: (id: string, editing: boolean) => void;
  /** Selects the row or takes it out; with `range`, does so with all rows from the last one on. */
  select: (id: string, range: boolean) => void;
  /** Moves the row some places down, or up when negative. */
  move: (id: string, by: number) => void;
  /** Moves the first row beside the second. */
  drop: (id: string, beside: string, edge: Edge) => void;
  /** Called with the row before it goes away while it has the focus. */
  leave: (row: HTMLElement) => void;
};
