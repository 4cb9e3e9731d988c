import { Definition } from "#components/ui/definition.tsx";
import { formatCountOf, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { ResponseMetrics, Spread } from "#server/incidents/response/contract.ts";

/** How quickly incidents of the last 30 days were found, taken and ended: medians, with the mean and the slow end beside them. */
export function ResponseTiles({ metrics }: { metrics: ResponseMetrics }) {
  const { changes, detectedByMachine, incidents, open } = metrics;
  const going = open > 0 ? `${plural(open, "incident")} still open, not counted` : "none open";
  return (
    <MetricStrip>
      <SpreadTile
        label="Found after"
        spread={metrics.detect}
        text="From the first minute in which the indicator was worse than its target until the first page was delivered, or somebody declared it. Known elsewhere as MTTD."
      />
      <SpreadTile
        label="Acknowledged after"
        spread={metrics.acknowledge}
        text="From the first page until somebody took it. Declared incidents have no page and are left out. Known elsewhere as MTTA."
      />
      <SpreadTile
        label="Fixed after"
        spread={metrics.restore}
        text="From the start until the impact was over. Known elsewhere as MTTR."
      />
      <MetricTile
        label={
          <Definition
            name="Found by an alert"
            sentence="Share of incidents whose first signal was an alert, and not a person."
          >
            Found by an alert
          </Definition>
        }
        value={detectedByMachine === null ? null : formatPercent(detectedByMachine)}
        comparison={`${plural(incidents, "incident")} over, ${going}`}
      />
      <MetricTile
        label={
          <Definition
            name="Changes that failed"
            sentence="Versions put behind endpoints, or rolled back before they were, that are linked to an incident which began within 24 hours, of all such changes."
          >
            Changes that failed
          </Definition>
        }
        value={changes.rate === null ? null : formatPercent(changes.rate)}
        comparison={formatCountOf(changes.failed, changes.total)}
      />
    </MetricStrip>
  );
}

function SpreadTile({ label, spread, text }: { label: string; spread: Spread; text: string }) {
  const term = (
    <Definition name={label} sentence={`${text} The number is the median.`}>
      {label}
    </Definition>
  );
  if (!spread) return <MetricTile label={term} value={null} comparison="nothing is over yet" />;
  return (
    <MetricTile
      label={term}
      value={formatDuration(spread.median)}
      comparison={`mean ${formatDuration(spread.mean)}, 1 in 10 over ${formatDuration(spread.p90)}`}
    />
  );
}
