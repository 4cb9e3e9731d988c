import { LineChart } from "#components/charts/line-chart.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, formatPoints, noValue } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationPanels } from "#server/release/evaluation/contract.ts";
import { ByClassPanel } from "./classification-panels.tsx";
import { FactList } from "./fact-list.tsx";

type Of<Kind extends EvaluationPanels["kind"]> = Extract<EvaluationPanels, { kind: Kind }>;

interface BoxesPanelsProps {
  panels: Of<"boxes">;
  version: number;
  base: { version: number; panels: Of<"boxes"> } | undefined;
}

const percent = (value: number | null) => formatPercent(value, { decimals: 1 });

/** Renders boxes by class, and what another confidence would give. */
export function BoxesPanels({ panels, version, base }: BoxesPanelsProps) {
  const { pictures, actual, predicted, overlap, confidence, byClass, curve } = panels;
  const points = (of: "precision" | "recall") =>
    curve.map((each) => ({ at: each.confidence * 100, value: each[of] === null ? null : each[of] * 100 }));
  return (
    <>
      <Panel title="By class" subtitle="support and shares of boxes" flush>
        <DataTable
          label="Classes"
          rows={byClass}
          columns={columnsOf(base)}
          rowKey={({ name }) => name}
          density="dense"
          maxHeight="360px"
        />
      </Panel>
      <Columns columns="minmax(0, 1.4fr) minmax(0, 1fr)">
        <LineChart
          title="By confidence"
          subtitle="precision and recall in %"
          unit="%"
          x="step"
          xNoun="confidence in %"
          height={220}
          range={{ from: 0, to: 100 }}
          values={{ low: 0, high: 100 }}
          fromZero
          series={[
            { id: "precision", label: "precision", index: 0, points: points("precision") },
            { id: "recall", label: "recall", index: 1, points: points("recall") },
          ]}
        />
        <Panel title={`Boxes of v${version}`}>
          <FactList
            facts={[
              { name: "Pictures", value: formatCount(pictures) },
              { name: "Boxes of the labels", value: formatCount(actual) },
              {
                name: "Predicted boxes",
                value: `${formatCount(predicted)} of a confidence of ${formatNumber(confidence)} or more`,
              },
              { name: "Match", value: `same class, overlap of ${formatNumber(overlap)} or more, one to one` },
            ]}
          />
        </Panel>
      </Columns>
    </>
  );
}

type BoxClass = Of<"boxes">["byClass"][number];

function columnsOf(base: BoxesPanelsProps["base"]): Column<BoxClass>[] {
  const columns: Column<BoxClass>[] = [
    { key: "name", head: "Class", cell: ({ name }) => name },
    { key: "support", head: "Boxes", align: "right", cell: ({ support }) => formatCount(support) },
    { key: "predicted", head: "Predicted", align: "right", cell: ({ predicted }) => formatCount(predicted) },
    { key: "precision", head: "Precision", align: "right", cell: ({ precision }) => percent(precision) },
    { key: "recall", head: "Recall", align: "right", cell: ({ recall }) => percent(recall) },
    { key: "f1", head: "F1", align: "right", cell: ({ f1 }) => percent(f1) },
    {
      key: "averagePrecision",
      head: "Average precision",
      align: "right",
      cell: ({ averagePrecision }) => percent(averagePrecision),
    },
  ];
  if (!base) return columns;
  return [
    ...columns,
    {
      key: "change",
      head: `Average precision vs v${base.version}`,
      align: "right",
      cell: ({ name, averagePrecision }) => {
        const before = base.panels.byClass.find((each) => each.name === name)?.averagePrecision ?? null;
        return averagePrecision === null || before === null ? noValue : formatPoints(averagePrecision - before);
      },
    },
  ];
}

interface SpansPanelsProps {
  panels: Of<"spans">;
  base: { version: number; byClass: Of<"spans">["byClass"] } | undefined;
}

/** Renders spans by class. */
export function SpansPanels({ panels, base }: SpansPanelsProps) {
  const { texts, actual, predicted, byClass } = panels;
  return (
    <Columns columns="minmax(0, 1.6fr) minmax(0, 1fr)">
      <ByClassPanel byClass={byClass} base={base} noun="Spans" />
      <Panel title="Spans">
        <FactList
          facts={[
            { name: "Texts", value: formatCount(texts) },
            { name: "Spans of the labels", value: formatCount(actual) },
            { name: "Predicted spans", value: formatCount(predicted) },
            { name: "Match", value: "same class, same start and end" },
          ]}
        />
      </Panel>
    </Columns>
  );
}
