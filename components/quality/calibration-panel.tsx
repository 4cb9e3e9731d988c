"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { formatPoints } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { QualityDetail } from "#server/monitoring/quality/detail/contract.ts";

type CalibrationPanelProps = Pick<QualityDetail, "calibration" | "positive">;

/** What scores said against what was true; on the diagonal they can be taken at their word. */
export function CalibrationPanel({ calibration, positive }: CalibrationPanelProps) {
  if (!calibration) {
    return (
      <Panel title="Calibration">
        <EmptyState title="No labelled answers with scores">
          Where answers come with probabilities, this shows whether they can be taken at their word.
        </EmptyState>
      </Panel>
    );
  }
  const { points, error } = calibration;
  const at = (point: (typeof points)[number]) => Math.round(point.meanScore * 1000) / 10;
  return (
    <LineChart
      title="Calibration"
      subtitle={`${positive === null ? "share of answers that were right" : `share that was ${positive}`}, by score in %; off by ${formatPoints(error).replace("+", "")} on average`}
      unit="%"
      x="step"
      xNoun="score in %"
      height={220}
      range={{ from: 0, to: 100 }}
      values={{ low: 0, high: 100 }}
      fromZero
      endLabels={false}
      series={[
        {
          id: "true",
          label: "was true, with 95 % interval",
          place: 0,
          points: points.map((point) => ({ at: at(point), value: point.share * 100 })),
          band: points.map((point) => ({
            at: at(point),
            low: point.interval.low * 100,
            high: point.interval.high * 100,
          })),
        },
        {
          id: "said",
          label: "as said",
          role: "stable",
          points: [
            { at: 0, value: 0 },
            { at: 100, value: 100 },
          ],
        },
      ]}
    />
  );
}
