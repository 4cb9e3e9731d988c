import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatCountOf, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { ResponseMetrics, Spread } from "#server/respond/incidents/response/contract.ts";

/** Shows the times to detect, acknowledge and resolve incidents of the last 30 days: medians, with the mean and a high percentile. */
export function ResponseTiles({ metrics }: { metrics: ResponseMetrics }) {
  const { changes, detectedByMachine, incidents, open } = metrics;
  const going = open > 0 ? `${plural(open, "incident")} still open, not included` : "none open";
  return (
    <MetricStrip>
      <SpreadTile
        label="Time to detect"
        spread={metrics.detect}
        text="From the first minute the SLI was below target until the first page was delivered or the incident was declared. Also known as MTTD."
      />
      <SpreadTile
        label="Time to acknowledge"
        spread={metrics.acknowledge}
        text="From the first page until someone acknowledged it. Manually declared incidents are excluded. Also known as MTTA."
      />
      <SpreadTile
        label="Time to resolve"
        spread={metrics.restore}
        text="From the start until the impact ended. Also known as MTTR."
      />
      <MetricTile
        label={
          <Definition
            name="Detected by alert"
            sentence="Share of incidents first detected by an alert rather than a person."
          >
            Detected by alert
          </Definition>
        }
        value={detectedByMachine === null ? null : formatPercent(detectedByMachine)}
        comparison={`${plural(incidents, "incident")} over, ${going}`}
      />
      <MetricTile
        label={
          <Definition
            name="Change failure rate"
            sentence="Share of changes that were rolled back, or that are linked to an incident that started within 24 hours."
          >
            Change failure rate
          </Definition>
        }
        value={changes.rate === null ? null : formatPercent(changes.rate)}
        comparison={`${formatCountOf(changes.failed, changes.total)}, ${formatCount(changes.rolledBack)} rolled back`}
      />
    </MetricStrip>
  );
}

function SpreadTile({ label, spread, text }: { label: string; spread: Spread; text: string }) {
  const term = (
    <Definition name={label} sentence={`${text} Median.`}>
      {label}
    </Definition>
  );
  if (!spread) return <MetricTile label={term} value={null} comparison="none resolved yet" />;
  return (
    <MetricTile
      label={term}
      value={formatDuration(spread.median)}
      comparison={`mean ${formatDuration(spread.mean)}, p90 ${formatDuration(spread.p90)}`}
    />
  );
}
