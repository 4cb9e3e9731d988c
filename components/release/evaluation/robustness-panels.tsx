import { LineChart } from "#components/charts/line-chart.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber, formatPercent } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { RobustnessComparison, RobustnessResult } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { differenceText, intervalText, valueText } from "./metric-text.ts";
import { isLow, lowShare, robustnessSentence, worstCells } from "./robustness-cells.ts";

type Cell = RobustnessResult["cells"][number];

interface Versions {
  version: number;
  result: RobustnessResult;
  base: { version: number; result: RobustnessResult; comparison: RobustnessComparison } | undefined;
}

/** Renders the conclusion of a robustness run. */
export function RobustnessLead({ version, result, base }: Versions) {
  const compared = base && { base: base.version, comparison: base.comparison };
  return <p className={classes.lead}>{robustnessSentence(version, result, compared)}</p>;
}

/** Renders what corruptions cost in six numbers. */
export function RobustnessTiles({ result, base }: Versions) {
  const { clean, cells, byKind, retained } = result;
  const low = (of: RobustnessResult) => of.cells.filter((cell) => isLow(cell, of.clean)).length;
  const other = (value: string) => (base ? `v${base.version} ${value}` : undefined);
  const [weakest] = byKind.toSorted((a, b) => a.mean - b.mean);
  const [worst] = base?.comparison.byKind.toSorted((a, b) => a.difference - b.difference) ?? [];
  const weakestBefore = base?.result.byKind.find(({ kind }) => kind === weakest?.kind)?.mean ?? null;
  return (
    <MetricStrip>
      <MetricTile
        label="Clean accuracy"
        value={valueText("proportion", clean.accuracy)}
        comparison={[
          intervalText("proportion", clean.interval),
          base && other(valueText("proportion", base.result.clean.accuracy)),
        ]
          .filter(Boolean)
          .join("; ")}
        large
      />
      <MetricTile
        label="Accuracy retained"
        value={retained === null ? null : valueText("proportion", retained)}
        comparison={base && other(valueText("proportion", base.result.retained))}
        large
      />
      <MetricTile
        label="Corruption error, mCE"
        value={base && base.comparison.mce !== null ? formatNumber(base.comparison.mce, { decimals: 2 }) : null}
        comparison={base ? `v${base.version} is 1; lower is better` : "relative to another version"}
        large
      />
      <MetricTile
        label="Cells below 80% of clean"
        value={String(low(result))}
        unit={`of ${cells.length}`}
        comparison={base && other(formatCountOf(low(base.result), base.result.cells.length))}
        large
      />
      {weakest && (
        <MetricTile
          label="Weakest corruption"
          value={weakest.title}
          unit={valueText("proportion", weakest.mean)}
          comparison={base && other(valueText("proportion", weakestBefore))}
          large
        />
      )}
      {base && worst && (
        <MetricTile
          label={`Worst vs v${base.version}`}
          value={worst.title}
          unit={differenceText("proportion", worst.difference)}
          large
        />
      )}
    </MetricStrip>
  );
}

/** Charts the accuracy of one kind of corruption by severity, with what the chosen cell confuses. */
export function CorruptionPanel({ version, result, base, cell }: Versions & { cell: Cell }) {
  const points = (of: RobustnessResult) => [
    { at: 0, value: of.clean.accuracy * 100 },
    ...of.cells
      .filter(({ kind }) => kind === cell.kind)
      .map(({ severity, accuracy }) => ({ at: severity, value: accuracy * 100 })),
  ];
  const incorrect = Math.round(cell.rows * (1 - cell.accuracy));
  return (
    <LineChart
      title={cell.title}
      subtitle={`severity ${cell.severity}: ${valueText("proportion", cell.accuracy)}, ${formatCountOf(incorrect, cell.rows)} incorrect; ${confusionsOf(cell)}`}
      unit="%"
      x="step"
      xNoun="severity, 0 is clean"
      height={220}
      thresholds={[{ label: "80% of clean", value: result.clean.accuracy * lowShare * 100 }]}
      series={[
        {
          id: "own",
          label: `v${version}`,
          version,
          points: points(result),
          band: result.cells
            .filter(({ kind }) => kind === cell.kind)
            .map(({ severity, interval }) => ({ at: severity, low: interval.low * 100, high: interval.high * 100 })),
        },
        ...(base
          ? [{ id: "base", label: `v${base.version}`, version: base.version, points: points(base.result) }]
          : []),
      ]}
    />
  );
}

const worstShown = 5;

/** Renders the cells with the lowest accuracy. */
export function WorstCells({ result }: { result: RobustnessResult }) {
  return (
    <Panel title="Worst cells" subtitle="lowest accuracy first" flush>
      <DataTable
        label="Worst cells"
        rows={worstCells(result, worstShown)}
        columns={columns}
        rowKey={({ kind, severity }) => `${kind} ${severity}`}
        density="dense"
      />
    </Panel>
  );
}

const columns: Column<Cell>[] = [
  { key: "cell", head: "Cell", cell: ({ title, severity }) => `${title} ${severity}` },
  {
    key: "accuracy",
    head: "Accuracy",
    align: "right",
    cell: ({ accuracy }) => formatPercent(accuracy, { decimals: 1 }),
  },
  { key: "errors", head: "Most common errors", cell: confusionsOf },
];

function confusionsOf({ errors, accuracy }: Pick<Cell, "errors" | "accuracy">): string {
  if (errors.length === 0) return accuracy < 1 ? "no predictions" : "no errors";
  return errors
    .slice(0, 2)
    .map(({ label, prediction }) => `${label} → ${prediction}`)
    .join(", ");
}
