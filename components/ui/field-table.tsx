import type { ReactNode } from "react";
import classes from "./field-table.module.css";

interface FieldTableProps {
  /** Name of the table's content for screen readers. */
  label: string;
  /** Heads of the columns before the last one, whose buttons remove rows. */
  heads: readonly string[];
  /** Rows cannot be removed: there is no column for it. */
  fixed?: boolean;
  /** Runs to the edges of its panel, with a line below each row. */
  flush?: boolean;
  /** The rows. */
  children: ReactNode;
}

/** Renders a table whose cells are fields, and whose rows can be removed unless they are fixed. */
export function FieldTable({ label, heads, fixed, flush, children }: FieldTableProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={label} data-flush={flush || undefined}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
            {!fixed && (
              <th scope="col">
                <span className="lw-hidden">Remove</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
