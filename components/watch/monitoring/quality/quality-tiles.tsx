import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { Measured, QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { ageText, intervalText, metricText } from "./quality-text.ts";

/** Renders the time range in five numbers. */
export function QualityTiles({ summary }: { summary: QualitySummary }) {
  const { metric, realised, estimated, reference, objective, coverage, maturity } = summary;
  const { label } = metricFacts[metric];
  const against = objective
    ? `objective ${metricText(metric, objective.value)}`
    : reference === null
      ? "no objective, no reference"
      : `${metricText(metric, reference)} on the reference`;
  return (
    <MetricStrip>
      <MetricTile
        label={
          <Definition
            name={`Realised ${label}`}
            sentence="Computed from labels, for predictions old enough for labels to have arrived. Pending predictions are not counted."
          >
            Realised {label.toLowerCase()}
          </Definition>
        }
        value={realised && metricText(metric, realised.value)}
        comparison={realised ? `${intervalOf(summary, realised)}; ${against}` : "no complete labels in this range"}
        large
      />
      <MetricTile
        label={
          <Definition
            name={`Estimated ${label}`}
            sentence="Expected from calibrated scores, before labels arrive. It detects changes in the inputs, but not changes in how inputs relate to outcomes (concept drift)."
            formula="accuracy = Σ p(correct) / predictions&#10;band = estimate ± 1.96 · √Σ p(1 − p) / predictions"
          >
            Estimated {label.toLowerCase()}
          </Definition>
        }
        value={estimated && metricText(metric, estimated.value)}
        comparison={estimated ? intervalOf(summary, estimated) : summary.noEstimateReason}
        large
      />
      <MetricTile
        label="Labels received"
        value={summary.predictions > 0 ? formatPercent(summary.labelled / summary.predictions) : null}
        comparison={`${formatCount(summary.labelled)} of ${plural(summary.predictions, "logged prediction")}; ${formatCount(summary.pending)} pending, ${formatCount(summary.expired)} never arrived`}
        large
      />
      <MetricTile
        label={
          <Definition
            name="Labels complete after"
            sentence="Age by which 95% of the expected labels have arrived (Kaplan–Meier estimate; pending labels are treated as censored)."
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
            name="Estimate coverage"
            sentence="Share of recent complete windows whose realised metric fell within the band estimated before labels arrived. It should be 95%."
          >
            Estimate coverage
          </Definition>
        }
        value={coverage ? `${coverage.inside} of ${coverage.windows}` : null}
        comparison={
          coverage ? "target: 95% over at least 20 windows" : "no windows with both labels and an estimate yet"
        }
        large
      />
    </MetricStrip>
  );
}

function intervalOf({ metric }: QualitySummary, measured: Measured): string {
  const interval = intervalText(metric, measured);
  return `${interval ? `${interval}, ` : ""}${plural(Math.round(measured.rows), "prediction")}`;
}
