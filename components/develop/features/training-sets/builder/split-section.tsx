"use client";

import { Select, TextInput } from "@mantine/core";
import { formatCount } from "#components/ui/format.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import type { TrainingSetCheck } from "#server/develop/features/training-sets/contract.ts";
import { describeTimeSplit } from "../training-set-text.ts";
import classes from "./builder.module.css";
import { isTimeSplitComplete, type TrainingSetDraft } from "./draft.ts";
import { dayOf } from "./preview-time.ts";

interface SplitSectionProps {
  draft: TrainingSetDraft;
  /** Columns with few values. */
  columns: readonly string[];
  /** Rows of each split, once they were counted. */
  splits: TrainingSetCheck["splits"] | undefined;
  /** Whether a missing day is complained about. */
  complains: boolean;
  onChange: (change: Partial<TrainingSetDraft>) => void;
}

/** Chooses how rows are split, by a column or by their time, and shows how many rows each split has. */
export function SplitSection({ draft, columns, splits = [], complains, onChange }: SplitSectionProps) {
  const { split, isSplitByTime, validationFrom, testFrom, earlierParts, splitColumn } = draft;
  const isDataset = draft.rowsKind === "dataset";
  const isOrdered = validationFrom === "" || testFrom === "" || validationFrom < testFrom;
  return (
    <>
      <Segmented
        label="Split rows by"
        value={isSplitByTime ? "time" : "column"}
        onChange={(by) => onChange({ isSplitByTime: by === "time" })}
        options={[
          { value: "column", label: isDataset ? "By column" : "No split" },
          { value: "time", label: "By time" },
        ]}
      />
      {isSplitByTime ? (
        <>
          <div className={classes.pair}>
            <TextInput
              type="date"
              label="Validation from, optional"
              value={validationFrom}
              onChange={(event) => onChange({ validationFrom: event.currentTarget.value, earlierParts: null })}
              error={isOrdered ? undefined : "Must be before the test split."}
            />
            <TextInput
              type="date"
              label="Test from"
              value={testFrom}
              onChange={(event) => onChange({ testFrom: event.currentTarget.value, earlierParts: null })}
              error={complains && testFrom === "" && !earlierParts ? "Enter the first day." : undefined}
              data-lw-test-from
            />
          </div>
          <p className="lw-small lw-muted">
            {earlierParts
              ? `The splits of the earlier set are kept, in UTC: ${describeTimeSplit({ parts: earlierParts })}. To replace them, enter days.`
              : "Days in UTC. Earlier rows are for training."}
          </p>
          <TextInput
            label="Column of the split"
            description="The result contains the split of each row."
            value={splitColumn}
            onChange={(event) => onChange({ splitColumn: event.currentTarget.value })}
            error={splitColumn.trim() === "" ? "Enter a name." : undefined}
            data-lw-split-column
          />
        </>
      ) : (
        isDataset && (
          <Select
            aria-label="Split column"
            placeholder="none: all rows are one split"
            data={[...columns]}
            value={split}
            onChange={(column) => onChange({ split: column })}
            disabled={columns.length === 0 && split === null}
            clearable
          />
        )
      )}
      {(isSplitByTime ? isTimeSplitComplete(draft) : split !== null) && splits.length > 0 && (
        <ul className={classes.splits}>
          {splits.map(({ value, rows, lastAt }) => (
            <li style={{ flexGrow: rows }} key={value ?? ""}>
              <span className={classes.splitBar} />
              <span className="lw-small lw-muted">
                {value ?? "empty"}, to {dayOf(lastAt)}
              </span>
              <span className="lw-small lw-number">{formatCount(rows)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
