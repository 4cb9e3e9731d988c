import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, formatNumber, formatPercent, nbsp, noValue } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { OutputDifference } from "#server/serve/playground/contract.ts";
import classes from "./difference-panel.module.css";

interface DifferencePanelProps {
  difference: OutputDifference[];
  /** Names of the sides: "v12", "v14 on WebGPU". */
  names: [string, string];
}

/** Shows how far the predictions of two sides differ, by output: in numbers, and by class and row. */
export function DifferencePanel({ difference, names }: DifferencePanelProps) {
  const several = difference.filter(({ rows, byRow }) => rows > 1 && byRow.length > 0);
  const classed = difference.filter(({ byClass }) => byClass.length > 1);
  return (
    <Panel title="Difference" subtitle={`${names[1]} compared with ${names[0]}`} flush>
      <DataTable
        label="Differences by output"
        density="compact"
        rows={difference}
        rowKey={({ name }) => name}
        columns={columns}
      />
      {classed.map((output) => (
        <PanelSection key={output.name}>
          <details>
            <summary className={classes.summary}>{output.name} per class</summary>
            <ByClass output={output} names={names} />
          </details>
        </PanelSection>
      ))}
      {several.map((output) => (
        <PanelSection key={output.name}>
          <details>
            <summary className={classes.summary}>
              {output.name} per row{" "}
              {output.rows > output.byRow.length && `, first ${output.byRow.length} of ${formatCount(output.rows)}`}
            </summary>
            <ByRow output={output} names={names} />
          </details>
        </PanelSection>
      ))}
    </Panel>
  );
}

const columns: Column<OutputDifference>[] = [
  { key: "name", head: "Output", cell: ({ name }) => <code>{name}</code> },
  {
    key: "agreement",
    head: "Top prediction",
    cell: ({ agreement, problem }) =>
      problem ? (
        <span className="lw-muted">Not compared: {problem}</span>
      ) : agreement ? (
        <StatusBadge state={agreement.same === agreement.rows ? "on-target" : "watch"}>
          {agreement.rows === 1
            ? agreement.same === 1
              ? "Identical"
              : "Different"
            : `Same for ${formatCountOf(agreement.same, agreement.rows)}`}
        </StatusBadge>
      ) : (
        noValue
      ),
    span: ({ problem }) => (problem ? 6 : 1),
  },
  { key: "max", head: "Largest difference", align: "right", cell: (output) => amount(output, output.maxAbsolute) },
  {
    key: "at",
    head: "Where",
    cell: ({ at, rows }) => (at ? `${at.label}${rows > 1 ? `, row ${at.row + 1}` : ""}` : noValue),
  },
  { key: "mean", head: "Mean difference", align: "right", cell: (output) => amount(output, output.meanAbsolute) },
  {
    key: "relative",
    head: "Largest, relative",
    align: "right",
    cell: ({ maxRelative }) => (maxRelative === null ? noValue : percent(maxRelative)),
  },
  {
    key: "differing",
    head: "Different elements",
    align: "right",
    cell: ({ differing, elements }) => formatCountOf(differing, elements),
  },
];

/** Probabilities differ in points; other numbers in their own unit. */
function amount({ areProbabilities }: Pick<OutputDifference, "areProbabilities">, value: number | null): string {
  if (value === null) return noValue;
  if (!areProbabilities) return small(value);
  return value === 0 ? "0" : `${small(value * 100)}${nbsp}points`;
}

function percent(ratio: number): string {
  return ratio > 0 && ratio < 0.001 ? `${small(ratio * 100)}%` : formatPercent(ratio);
}

/** Differences of precision are small, and are still not nothing: 3.1e−7. */
function small(value: number): string {
  const size = Math.abs(value);
  return size > 0 && size < 0.001 ? value.toExponential(1).replaceAll("-", "\u2212") : formatNumber(value);
}

function ByClass({ output, names }: { output: OutputDifference; names: [string, string] }) {
  const most = output.byClass.reduce((largest, { maxAbsolute }) => Math.max(largest, maxAbsolute), 0);
  const sorted = output.byClass.toSorted((a, b) => b.maxAbsolute - a.maxAbsolute);
  return (
    <DataTable
      label={`Difference of ${output.name} per class`}
      density="compact"
      maxHeight="260px"
      rows={sorted}
      rowKey={({ label }) => label}
      columns={[
        { key: "label", head: "Class", cell: ({ label }) => label },
        {
          key: "max",
          head: "Largest difference",
          cell: (row) => <BarCell value={row.maxAbsolute} most={most} text={amount(output, row.maxAbsolute)} />,
        },
        {
          key: "signed",
          head: `${names[1]} − ${names[0]}, mean`,
          align: "right",
          cell: ({ signed }) => `${signed > 0 ? "+" : ""}${amount(output, signed)}`,
        },
      ]}
    />
  );
}

function ByRow({ output, names }: { output: OutputDifference; names: [string, string] }) {
  return (
    <DataTable
      label={`Difference of ${output.name} per row`}
      density="compact"
      maxHeight="260px"
      rows={output.byRow}
      rowKey={({ row }) => String(row)}
      columns={[
        { key: "row", head: "Row", align: "right", width: 60, cell: ({ row }) => row + 1 },
        { key: "a", head: names[0], cell: ({ a }) => a },
        { key: "b", head: names[1], cell: ({ b }) => b },
        {
          key: "same",
          head: "",
          cell: ({ isSame }) => (isSame ? "" : <StatusBadge state="watch">Different</StatusBadge>),
        },
        {
          key: "max",
          head: "Largest difference",
          align: "right",
          cell: ({ maxAbsolute }) => amount(output, maxAbsolute),
        },
      ]}
    />
  );
}
