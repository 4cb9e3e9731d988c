"use client";

import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { type CellValue, cellClauses } from "./cell-clauses.ts";
import classes from "./cell-menu.module.css";
import { columnName } from "./column-names.ts";

/** A value in the table that was clicked. */
export interface PickedCell {
  column: string;
  value: CellValue;
  /** Where it stands in the window. */
  at: { left: number; top: number; width: number; height: number };
}

interface PickableCellProps extends Omit<PickedCell, "at"> {
  onPick: (picked: PickedCell) => void;
  children: ReactNode;
}

/** A value that offers itself to the filter. No stop of the Tab key: there would be hundreds, and the filter bar completes the same. */
export function PickableCell({ column, value, onPick, children }: PickableCellProps) {
  return (
    <button
      className={classes.pickable}
      type="button"
      tabIndex={-1}
      onClick={(event) => {
        const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
        onPick({ column, value, at: { left, top, width, height } });
      }}
    >
      {children}
    </button>
  );
}

interface CellMenuProps {
  cell: PickedCell;
  onClause: (clause: string) => void;
  onClose: () => void;
}

/** What a value offers to add to the filter. One menu for all cells: hundreds would be slow. */
export function CellMenu({ cell: { column, value, at }, onClause, onClose }: CellMenuProps) {
  return (
    <Menu opened onChange={(opened) => !opened && onClose()} position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <span aria-hidden="true" style={{ position: "fixed", pointerEvents: "none", ...at }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{columnName(column)}</Menu.Label>
        {cellClauses(column, value).map(({ label, clause }) => (
          <Menu.Item key={clause} onClick={() => onClause(clause)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
