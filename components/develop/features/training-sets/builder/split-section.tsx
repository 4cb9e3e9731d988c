"use client";

import { Select } from "@mantine/core";
import { formatCount } from "#components/ui/format.ts";
import type { TrainingSetCheck } from "#server/develop/features/training-sets/contract.ts";
import classes from "./builder.module.css";
import { dayOf } from "./preview-time.ts";

interface SplitSectionProps {
  split: string | null;
  /** Columns with few values. */
  columns: readonly string[];
  /** Rows of each split, once they were counted. */
  splits: TrainingSetCheck["splits"] | undefined;
  onChange: (split: string | null) => void;
}

/** Chooses the column that says to which split a row belongs, and shows how many rows each split has. */
export function SplitSection({ split, columns, splits = [], onChange }: SplitSectionProps) {
  return (
    <>
      <Select
        aria-label="Split column"
        placeholder="none: all rows are one split"
        data={[...columns]}
        value={split}
        onChange={onChange}
        disabled={columns.length === 0 && split === null}
        clearable
      />
      {split !== null && splits.length > 0 && (
        <ul className={classes.splits}>
          {splits.map(({ value, rows, lastAt }) => (
            <li style={{ flexGrow: rows }} key={value ?? ""}>
              <span className={classes.splitBar} />
              <span className="lw-small lw-muted">
                {value ?? "no value"}, to {dayOf(lastAt)}
              </span>
              <span className="lw-small lw-number">{formatCount(rows)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
