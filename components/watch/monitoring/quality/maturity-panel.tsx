"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { plural } from "#components/ui/format.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Maturity } from "#server/watch/monitoring/quality/contract.ts";
import { ageText } from "./quality-text.ts";

/** Charts the label delay: the share of all expected labels that have arrived by a given age. */
export function MaturityPanel({ maturity }: { maturity: Wire<Maturity> }) {
  const { curve, horizonMs, isFixed, labels } = maturity;
  return (
    <LineChart
      title="Label delay"
      subtitle={
        horizonMs === null
          ? "no labels received yet"
          : `complete after ${ageText(horizonMs)}, ${isFixed ? "configured" : `estimated from ${plural(labels, "label")}`}`
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
          label: "share of labels received",
          points:
            curve.length === 0
              ? []
              : [
                  { at: 0, value: 0 },
                  ...curve.map(({ ageMs, completeness }) => ({ at: ageMs, value: completeness * 100 })),
                ],
        },
      ]}
      empty="Post labels to /api/v1/endpoints/…/labels with the ID of the request."
    />
  );
}
