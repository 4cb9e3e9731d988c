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
  /** Position in the window. */
  at: { left: number; top: number; width: number; height: number };
}

interface PickableCellProps extends Omit<PickedCell, "at"> {
  onPick: (picked: PickedCell) => void;
  children: ReactNode;
}

/** Renders a value that can be added to the filter. It is no tab stop: there would be hundreds, and the filter bar completes the same. */
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

/** Menu of the clauses that a value can add to the filter. All cells share one menu, because hundreds would be slow. */
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
