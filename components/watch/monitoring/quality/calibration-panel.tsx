"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { formatPoints } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { QualityDetail } from "#server/watch/monitoring/quality/detail/contract.ts";

type CalibrationPanelProps = Pick<QualityDetail, "calibration" | "positive">;

/** Charts predicted scores against actual frequencies; on the diagonal, scores are accurate probabilities. */
export function CalibrationPanel({ calibration, positive }: CalibrationPanelProps) {
  if (!calibration) {
    return (
      <Panel title="Calibration">
        <EmptyState title="No labelled predictions with scores">
          For predictions with probabilities, this shows how well the probabilities match reality.
        </EmptyState>
      </Panel>
    );
  }
  const { points, error } = calibration;
  const at = (point: (typeof points)[number]) => Math.round(point.meanScore * 1000) / 10;
  return (
    <LineChart
      title="Calibration"
      subtitle={`${positive === null ? "observed accuracy" : `observed share of ${positive}`} by predicted score in %; mean error ${formatPoints(error).replace("+", "")}`}
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
          label: "observed, with 95% interval",
          index: 0,
          points: points.map((point) => ({ at: at(point), value: point.share * 100 })),
          band: points.map((point) => ({
            at: at(point),
            low: point.interval.low * 100,
            high: point.interval.high * 100,
          })),
        },
        {
          id: "said",
          label: "perfect calibration",
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
