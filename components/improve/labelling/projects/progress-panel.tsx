"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { LabelProgress } from "#server/improve/labelling/pace/contract.ts";
import classes from "./projects.module.css";

/** Charts open items, labels and settled items of the last 14 days. */
export function ProgressPanel({ days }: { days: LabelProgress["days"] }) {
  const points = (part: "answers" | "settled" | "open") =>
    days.map((each) => ({ at: Date.parse(`${each.day}T12:00:00Z`), value: each[part] }));
  return (
    <div className={classes.charts}>
      <LineChart
        title="Open items"
        subtitle="at the end of each day (UTC), the last one now"
        unit=""
        height={130}
        fromZero
        series={[{ id: "open", label: "open", index: 0, points: points("open") }]}
        empty="No items in the last 14 days."
      />
      <LineChart
        title="Progress"
        subtitle="labels and settled items per day (UTC)"
        unit=""
        height={130}
        fromZero
        series={[
          { id: "answers", label: "labels", index: 0, points: points("answers") },
          { id: "settled", label: "settled", index: 5, points: points("settled") },
        ]}
        empty="No labels in the last 14 days."
      />
    </div>
  );
}
