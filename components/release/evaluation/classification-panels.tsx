import { LineChart } from "#components/charts/line-chart.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { CalibrationPanel } from "#components/watch/monitoring/quality/calibration-panel.tsx";
import type { EvaluationMetric, EvaluationPanels } from "#server/release/evaluation/contract.ts";
import { ConfusionGrid, noPrediction } from "./confusion-grid.tsx";
import { differenceText, intervalText } from "./metric-text.ts";

type Classification = Extract<EvaluationPanels, { kind: "classification" }>;
type ByClass = Classification["byClass"][number];

interface ClassificationPanelsProps {
  panels: Classification;
  metrics: readonly EvaluationMetric[];
  /** Version that it is compared with, with its classes. */
  base: { version: number; byClass: readonly ByClass[] } | undefined;
}

/** Renders confusion, classes, calibration and, of two classes, curves. */
export function ClassificationPanels({ panels, metrics, base }: ClassificationPanelsProps) {
  const { classes, confusion, byClass, calibration, curves } = panels;
  const hasUnknown = confusion.some((row) => (row[classes.length] ?? 0) > 0);
  const names = hasUnknown ? [...classes, noPrediction] : classes;
  const error = metrics.find(({ id }) => id === "calibrationError")?.value ?? 0;
  return (
    <>
      <Columns columns="minmax(0, 1.2fr) minmax(0, 1.2fr) minmax(0, 0.8fr)">
        <ConfusionGrid classes={names} counts={confusion.map((row) => row.slice(0, names.length))} />
        <ByClassPanel byClass={byClass} base={base} />
        <CalibrationPanel
          positive={curves ? (classes[1] ?? null) : null}
          calibration={
            calibration && {
              error,
              points: calibration.bins.map(({ score, rate, interval, rows }) => ({
                from: score,
                to: score,
                meanScore: score,
                share: rate,
                interval,
                rows,
              })),
            }
          }
        />
      </Columns>
      {curves && (
        <Columns columns="minmax(0, 1fr) minmax(0, 1fr)">
          <LineChart
            title="ROC curve"
            subtitle="true positive rate in % by false positive rate"
            unit="%"
            x="step"
            xNoun="false positive rate in %"
            height={220}
            range={{ from: 0, to: 100 }}
            values={{ low: 0, high: 100 }}
            fromZero
            endLabels={false}
            series={[
              { id: "roc", label: "this version", index: 0, points: pointsOf(curves.roc) },
              { id: "chance", label: "chance", role: "stable", points: diagonal },
            ]}
          />
          <LineChart
            title="Precision by recall"
            subtitle="in %"
            unit="%"
            x="step"
            xNoun="recall in %"
            height={220}
            range={{ from: 0, to: 100 }}
            values={{ low: 0, high: 100 }}
            fromZero
            endLabels={false}
            series={[{ id: "pr", label: "this version", index: 0, points: pointsOf(curves.precisionRecall) }]}
          />
        </Columns>
      )}
    </>
  );
}

const diagonal = [
  { at: 0, value: 0 },
  { at: 100, value: 100 },
];

function pointsOf(curve: readonly { x: number; y: number }[]) {
  return curve.map(({ x, y }) => ({ at: x * 100, value: y * 100 })).toSorted((a, b) => a.at - b.at);
}

/** Renders each class against the rest, with the change of its recall. */
export function ByClassPanel({
  byClass,
  base,
  noun = "Rows",
}: {
  byClass: readonly ByClass[];
  base: ClassificationPanelsProps["base"];
  /** What a class has of. */
  noun?: "Rows" | "Boxes" | "Spans";
}) {
  return (
    <Panel title="By class" subtitle={`support and shares of ${noun.toLowerCase()}`} flush>
      <DataTable
        label="Classes"
        rows={byClass}
        columns={columnsOf(base, noun)}
        rowKey={({ name }) => name}
        density="dense"
        maxHeight="360px"
      />
    </Panel>
  );
}

function columnsOf(base: ClassificationPanelsProps["base"], noun: string): Column<ByClass>[] {
  const columns: Column<ByClass>[] = [
    { key: "name", head: "Class", cell: ({ name }) => name },
    { key: "support", head: noun, align: "right", cell: ({ support }) => formatCount(support) },
    {
      key: "precision",
      head: "Precision",
      align: "right",
      cell: ({ precision, precisionInterval }) => share(precision, precisionInterval),
    },
    {
      key: "recall",
      head: "Recall",
      align: "right",
      cell: ({ recall, recallInterval }) => share(recall, recallInterval),
    },
    { key: "f1", head: "F1", align: "right", cell: ({ f1 }) => formatPercent(f1, { decimals: 1 }) },
  ];
  if (!base) return columns;
  return [
    ...columns,
    {
      key: "change",
      head: `Recall vs v${base.version}`,
      align: "right",
      cell: ({ name, recall }) => {
        const before = base.byClass.find((each) => each.name === name)?.recall ?? null;
        return differenceText("proportion", recall === null || before === null ? null : recall - before);
      },
    },
  ];
}

function share(value: number | null, interval: { low: number; high: number } | null) {
  if (value === null) return noValue;
  return (
    <span title={`95%: ${intervalText("proportion", interval) ?? "no data"}`}>
      {formatPercent(value, { decimals: 1 })}
    </span>
  );
}
