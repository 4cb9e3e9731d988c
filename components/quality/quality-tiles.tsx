import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { Measured, QualitySummary } from "#server/monitoring/quality/contract.ts";
import { metricFacts } from "#server/monitoring/quality/metrics/contract.ts";
import { ageText, intervalText, metricText } from "./quality-words.ts";

/** The span in five numbers. */
export function QualityTiles({ summary }: { summary: QualitySummary }) {
  const { metric, realised, estimated, reference, objective, coverage, maturity } = summary;
  const { label } = metricFacts[metric];
  const against = objective
    ? `objective ${metricText(metric, objective.value)}`
    : reference === null
      ? "no objective, no reference"
      : `${metricText(metric, reference)} on the reference`;
  return (
    <Panel flush>
      <MetricStrip>
        <MetricTile
          label={
            <Definition
              name={`Realised ${label}`}
              sentence="By labels, of predictions that are old enough for theirs to have come. Pending ones are in neither count."
            >
              Realised {label.toLowerCase()}
            </Definition>
          }
          value={realised && metricText(metric, realised.value)}
          comparison={
            realised ? `${intervalOf(summary, realised)}; ${against}` : "no labels are complete in this range"
          }
          large
        />
        <MetricTile
          label={
            <Definition
              name={`Estimated ${label}`}
              sentence="What calibrated scores let expect, before labels come. It sees that inputs moved, not that the same inputs mean something else now."
              formula="accuracy = Σ p(the answer is right) / predictions&#10;band = estimate ± 1.96 · √Σ p(1 − p) / predictions"
            >
              Estimated {label.toLowerCase()}
            </Definition>
          }
          value={estimated && metricText(metric, estimated.value)}
          comparison={estimated ? intervalOf(summary, estimated) : summary.whyNoEstimate}
          large
        />
        <MetricTile
          label="Labels arrived"
          value={summary.predictions > 0 ? formatPercent(summary.labelled / summary.predictions) : null}
          comparison={`${formatCount(summary.labelled)} of ${plural(summary.predictions, "logged prediction")}; ${formatCount(summary.pending)} pending, ${formatCount(summary.expired)} never came`}
          large
        />
        <MetricTile
          label={
            <Definition
              name="Complete after"
              sentence="Age at which 95 % of the labels that will ever come have come, by Kaplan and Meier: labels that are awaited count as awaited."
            >
              Labels complete after
            </Definition>
          }
          value={maturity.horizonMs === null ? null : ageText(maturity.horizonMs)}
          comparison={maturity.isFixed ? "set by hand" : `estimated from ${plural(maturity.labels, "label")}`}
          large
        />
        <MetricTile
          label={
            <Definition
              name="Bands that held"
              sentence="Of the last mature windows, how many ended with their realised metric inside of the band that was expected of the same predictions before labels came. 95 % should."
            >
              Bands that held
            </Definition>
          }
          value={coverage ? `${coverage.inside} of ${coverage.windows}` : null}
          comparison={coverage ? "goal: 95 % over at least 20 windows" : "no window with labels and an estimate yet"}
          large
        />
      </MetricStrip>
    </Panel>
  );
}

function intervalOf({ metric }: QualitySummary, measured: Measured): string {
  const interval = intervalText(metric, measured);
  return `${interval ? `${interval}, ` : ""}${plural(Math.round(measured.rows), "prediction")}`;
}
