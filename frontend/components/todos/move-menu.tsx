"use client";

import { ArrowDown, ArrowUp, ArrowUpToLine } from "lucide-react";
import type { RefObject } from "react";
import { Menu, MenuItem } from "@/components/ui/menu";
import { isolated } from "@/lib/text";

type MoveMenuProps = {
  anchor: RefObject<HTMLElement | null>;
  title: string;
  /** Moves the todo some places down, or up when negative; -Infinity is the top. */
  onMove: (by: number) => void;
  onClose: () => void;
};

/** Moves a todo by single presses, for those who do not drag. */
export function MoveMenu({ anchor, title, onMove, onClose }: MoveMenuProps) {
  return (
    <Menu anchor={anchor} align="start" label={`Move ${isolated(title)}`} onClose={onClose}>
      <MenuItem icon={ArrowUpToLine} onClick={() => onMove(Number.NEGATIVE_INFINITY)}>
        Move to the top
      </MenuItem>
      <MenuItem icon={ArrowUp} onClick={() => onMove(-1)}>
        Move up
      </MenuItem>
      <MenuItem icon={ArrowDown} onClick={() => onMove(1)}>
        Move down
      </MenuItem>
    </Menu>
  );
}
