"use client";

import { useState } from "react";
import { formatCount, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import type { TrainingSetPreview } from "#server/develop/features/training-sets/contract.ts";
import classes from "./builder.module.css";
import { outcomeLabels } from "./point-in-time-picture.tsx";
import { momentOf } from "./preview-time.ts";

interface PreviewPanelProps {
  preview: TrainingSetPreview | undefined;
  /** Whether a newer preview is on its way. */
  isStale: boolean;
  problem: string | undefined;
  /** Whether rows and features are chosen. */
  isReady: boolean;
  /** Name of the column with the label. */
  label: string | null;
  selected: number;
  onSelect: (row: number) => void;
}

type Shown = "rows" | "values";
const choices = [
  { value: "rows" as const, label: "Rows" },
  { value: "values" as const, label: "Values" },
];

/** Shows the first rows with their features, each with its age at the time of the row; the selected one is in the picture. */
export function PreviewPanel(props: PreviewPanelProps) {
  const { preview, isStale, problem, isReady } = props;
  const [shown, setShown] = useState<Shown>("rows");
  const isShown = isReady && problem === undefined && preview !== undefined;
  return (
    <Panel
      id="preview"
      title="Preview"
      subtitle={isShown ? describePreview(preview, shown) : undefined}
      right={<Segmented label="Shown columns" value={shown} onChange={setShown} options={choices} />}
      flush
    >
      {!isReady ? (
        <EmptyState title="No rows to show yet">Choose rows and features.</EmptyState>
      ) : problem !== undefined ? (
        <FailedState title="Could not join the features">{problem}</FailedState>
      ) : !preview ? (
        <SkeletonRows rows={4} height={44} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wide is scrolled by keys
        <section className={classes.scroll} aria-label="Joined rows" aria-busy={isStale} tabIndex={0}>
          <PreviewTable {...props} preview={preview} shown={shown} />
        </section>
      )}
    </Panel>
  );
}

function describePreview({ rows, rowsTotal }: TrainingSetPreview, shown: Shown): string {
  const total = rowsTotal === null ? "" : ` of ${formatCount(rowsTotal)}`;
  return `rows 1–${rows.length}${total}; ${shown === "rows" ? "small: age at row time" : "all columns"}`;
}

interface TableProps extends PreviewPanelProps {
  preview: TrainingSetPreview;
  shown: Shown;
}

/** Returns the positions of the columns that are shown: the keys, the label and the features, or all. */
function columnsOf({ preview, shown, label }: TableProps): number[] {
  const keys = new Set(preview.views.flatMap((view) => view.keys));
  return [...preview.columns.keys()].filter((at) => {
    const column = preview.columns[at];
    return shown === "values" || column?.kind !== "row" || keys.has(column.name) || column.name === label;
  });
}

function PreviewTable(props: TableProps) {
  const { preview, shown, isStale, selected, onSelect } = props;
  const columns = columnsOf(props).map((at) => ({ at, align: isNumeric(preview, at) ? "right" : undefined }));
  return (
    <table className={classes.preview} data-stale={isStale || undefined} aria-label="Preview">
      <thead>
        <tr>
          <th scope="col">Time, UTC</th>
          {columns.map(({ at, align }) => (
            <th scope="col" data-align={align} key={at}>
              {preview.columns[at]?.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {preview.rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity than their place
          <tr data-selected={index === selected || undefined} key={index}>
            <th scope="row">
              <button
                className={classes.pick}
                type="button"
                aria-pressed={index === selected}
                aria-label={`Show the join of row ${index + 1}, ${momentOf(row.at)}`}
                onClick={() => onSelect(index)}
              >
                {momentOf(row.at)}
              </button>
            </th>
            {columns.map(({ at, align }) => {
              const view = preview.columns[at]?.view;
              const lane = view === null || view === undefined ? undefined : row.lanes[view];
              return (
                <td data-align={align} key={at}>
                  <span className="lw-number">{row.cells[at] ?? noValue}</span>
                  {shown === "rows" && lane && (
                    <span className={classes.age}>
                      {lane.ageUs === null ? outcomeLabels[lane.outcome] : formatDuration(lane.ageUs / 1000)}
                    </span>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isNumeric({ rows }: TrainingSetPreview, at: number): boolean {
  const cells = rows.flatMap((row) => row.cells[at] ?? []);
  return cells.length > 0 && cells.every((cell) => cell.trim() !== "" && Number.isFinite(Number(cell)));
}
