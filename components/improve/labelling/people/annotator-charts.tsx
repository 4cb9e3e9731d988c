"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { AnnotatorHistory } from "#server/improve/labelling/annotators/contract.ts";

interface AnnotatorChartsProps {
  history: Pick<AnnotatorHistory, "golds" | "days">;
  name: string;
  /** Accuracy on gold items that the project requires. */
  minimum: number;
}

/** Charts how often a person was correct on gold items. */
export function GoldChart({ history: { golds }, name, minimum }: AnnotatorChartsProps) {
  return (
    <LineChart
      title="Gold accuracy"
      subtitle="cumulative, by gold item; band: 95% interval"
      unit="%"
      height={190}
      x="step"
      xNoun="gold item"
      values={{ low: 0, high: 100 }}
      series={[
        {
          id: "accuracy",
          label: name,
          index: 0,
          points: golds.map(({ share }, index) => ({ at: index + 1, value: 100 * share })),
          band: golds.map(({ low, high }, index) => ({ at: index + 1, low: 100 * low, high: 100 * high })),
        },
      ]}
      thresholds={[{ value: 100 * minimum, label: "minimum", shade: "below" }]}
      empty="No gold item answered yet."
    />
  );
}

/** Charts how long a person takes for a label, beside the others. */
export function PaceChart({ history: { days }, name }: Omit<AnnotatorChartsProps, "minimum">) {
  const points = (part: "ownMs" | "othersMs") =>
    days.map((each) => {
      const ms = each[part];
      return { at: Date.parse(`${each.day}T12:00:00Z`), value: ms === null ? null : ms / 1000 };
    });
  return (
    <LineChart
      title="Pace"
      subtitle="median time per label, daily (UTC)"
      unit="s"
      height={190}
      fromZero
      series={[
        { id: "own", label: name, index: 0, points: points("ownMs") },
        { id: "others", label: "others", index: 5, points: points("othersMs") },
      ]}
      empty="No labels in the last 14 days."
    />
  );
}
