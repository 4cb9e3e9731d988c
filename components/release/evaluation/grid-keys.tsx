"use client";

import type { KeyboardEvent, ReactNode } from "react";

const steps: Readonly<Record<string, [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Moves the focus between the links of a table's cells by arrow keys. */
export function GridKeys({
  className,
  label,
  children,
}: {
  className: string | undefined;
  label: string;
  children: ReactNode;
}) {
  function move(event: KeyboardEvent<HTMLElement>) {
    const step = steps[event.key];
    const cell = event.target instanceof HTMLElement ? event.target.closest("td") : null;
    const row = cell?.closest("tr");
    if (!step || !cell || !row) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLTableRowElement>("tbody tr")];
    const target = rows[rows.indexOf(row) + step[0]]?.cells[cell.cellIndex + step[1]]?.querySelector("a");
    if (!target) return;
    event.preventDefault();
    target.focus();
  }
  return (
    <section
      className={className}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keys
      tabIndex={0}
      onKeyDown={move}
    >
      {children}
    </section>
  );
}
