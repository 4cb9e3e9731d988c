"use client";

import { formatAxisValue, prepareParallel } from "#components/charts/parallel.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import { decimalsOf, formatMetric } from "../runs/run-values.ts";
import classes from "./compare.module.css";
import { axisNames, linesOf } from "./compare-axes.ts";
import { CompareLink } from "./compare-link.tsx";
import { compareLimits } from "./compare-view.ts";
import { ComparedSwatch } from "./compared-swatch.tsx";
import { useCompareView } from "./use-compare-view.ts";

interface CompareRunsListProps {
  compared: readonly string[];
  runs: RunValues[];
  axes: readonly string[];
}

/** A screen full; a brush narrows it. */
const maxListed = 100;

/** Renders the runs inside all brushes, compared ones first, and a way to add others to the comparison. */
export function CompareRunsList({ compared, runs, axes }: CompareRunsListProps) {
  const { view } = useCompareView();
  const names = axisNames(axes);
  const { lines, inside } = prepareParallel(linesOf(runs, compared), names, view.brushes);
  const byId = new Map(runs.map((run) => [run.id, run]));
  const rows = lines.filter(({ isInside }) => isInside).map(({ row }) => row);
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    {
      key: "name",
      head: "Run",
      cell: ({ id, label, index }) => (
        <span className={classes.listed}>
          {index !== undefined && <ComparedSwatch id={id} index={index} />}
          {label} <code className="lw-quiet">{id.slice(0, 6)}</code>
        </span>
      ),
    },
    ...names.map(({ key, label }): Column<Row> => {
      const isMetric = key.startsWith("metrics.");
      const numbers = rows.flatMap(({ values }) => {
        const value = values[key];
        return typeof value === "number" && Number.isFinite(value) ? [value] : [];
      });
      const decimals = isMetric ? decimalsOf(numbers) : undefined;
      return {
        key,
        head: label,
        align: isMetric ? "right" : "left",
        cell: ({ values }) => {
          const value = values[key];
          const isPlain = typeof value === "number" && Math.abs(value) < Number.MAX_VALUE;
          return decimals !== undefined && isPlain ? formatMetric(value, decimals) : formatAxisValue(value);
        },
      };
    }),
    {
      key: "compare",
      head: "Compare",
      cell: ({ id, label, index }) =>
        index !== undefined ? (
          <span className="lw-quiet">selected</span>
        ) : compared.length >= compareLimits.most ? (
          <span className="lw-quiet">limit of {compareLimits.most} reached</span>
        ) : (
          <CompareLink change={{ runs: [...compared, id] }} label={`add ${label} to the comparison`}>
            add
          </CompareLink>
        ),
    },
  ];
  return (
    <Panel
      title="Selected runs"
      subtitle={inside === runs.length ? plural(inside, "run") : `${formatCountOf(inside, runs.length)} runs`}
      flush
    >
      <DataTable
        label="Selected runs"
        rows={rows.slice(0, maxListed)}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/experiments/${byId.get(id)?.experimentId}/runs/${id}`}
        density="compact"
        maxHeight="320px"
        columns={columns}
        empty={<EmptyState title="No run matches the selection">Widen or clear a range.</EmptyState>}
        foot={rows.length > maxListed ? `First ${maxListed} of ${plural(rows.length, "run")}` : undefined}
      />
    </Panel>
  );
}
