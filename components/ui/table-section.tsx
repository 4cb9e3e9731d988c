"use client";

import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import classes from "./data-table.module.css";
import { formatCount } from "./format.ts";

interface TableSectionProps {
  title: string;
  count: number;
  /** Quiet words after the title: what the rows are sorted by. */
  note: string;
  /** Columns of the table. */
  span: number;
  /** Below the rows: a link to more of them. */
  more?: ReactNode;
  children: ReactNode;
}

/** Renders a part of a table's rows under its own heading, which hides and shows them. */
export function TableSection({ title, count, note, span, more, children }: TableSectionProps) {
  const [isFolded, setFolded] = useState(false);
  const Arrow = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <tbody>
      <tr className={classes.sectionLine}>
        <th className={classes.sectionHead} colSpan={span} scope="rowgroup">
          <button
            className={classes.fold}
            type="button"
            aria-expanded={!isFolded}
            onClick={() => setFolded((before) => !before)}
          >
            <Arrow size={14} stroke={1.8} aria-hidden="true" />
            <span className={classes.sectionTitle}>{title}</span>
            <span className="lw-number">{formatCount(count)}</span>
          </button>
          <span className={classes.sectionNote}>{note}</span>
        </th>
      </tr>
      {!isFolded && children}
      {!isFolded && more && (
        <tr className={classes.sectionLine}>
          <td className={classes.sectionMore} colSpan={span}>
            {more}
          </td>
        </tr>
      )}
    </tbody>
  );
}
