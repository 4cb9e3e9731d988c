"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { plural } from "#components/ui/format.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Maturity } from "#server/monitoring/quality/contract.ts";
import { ageText } from "./quality-words.ts";

/** How long labels take: of those that will ever come, the share that has come by an age. */
export function MaturityPanel({ maturity }: { maturity: Wire<Maturity> }) {
  const { curve, horizonMs, isFixed, labels } = maturity;
  return (
    <LineChart
      title="How labels come"
      subtitle={
        horizonMs === null
          ? "no label has come yet"
          : `complete after ${ageText(horizonMs)}, ${isFixed ? "set by hand" : `estimated from ${plural(labels, "label")}`}`
      }
      unit="%"
      x="relative"
      height={180}
      values={{ low: 0, high: 100 }}
      fromZero
      steps
      endLabels={false}
      thresholds={[{ value: 95, label: "complete" }]}
      series={[
        {
          id: "share",
          label: "of the labels that will come",
          points:
            curve.length === 0
              ? []
              : [
                  { at: 0, value: 0 },
                  ...curve.map(({ ageMs, completeness }) => ({ at: ageMs, value: completeness * 100 })),
                ],
        },
      ]}
      empty="Labels are posted to /api/v1/endpoints/…/labels, by the id of their request."
    />
  );
}
