import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatCountOf, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { PageCounts, ResponseMetrics, Spread } from "#server/respond/incidents/response/contract.ts";

/** Shows how fast incidents of the last 30 days were detected, acknowledged and resolved (medians), and what they cost. */
export function ResponseTiles({ metrics, pages }: { metrics: ResponseMetrics; pages: PageCounts }) {
  const { changes, detectedByMachine, incidents, open, customerMinutes, impactMinutes } = metrics;
  const byAlert = detectedByMachine === null ? 0 : Math.round(detectedByMachine * incidents);
  return (
    <MetricStrip>
      <SpreadTile
        label="Time to detect"
        spread={metrics.detect}
        comparison={`${formatCountOf(byAlert, incidents)} by an alert`}
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
        comparison={open > 0 ? `${plural(open, "incident")} still open, not included` : undefined}
        text="From the start until the impact ended. Also known as MTTR."
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
      <MetricTile
        label={
          <Definition
            name="Customer minutes"
            sentence="Sum over the minutes of incidents of the distinct callers affected in each; impact minutes where callers are unknown."
          >
            Customer minutes
          </Definition>
        }
        value={customerMinutes === null ? null : formatCount(customerMinutes)}
        comparison={`${formatCount(Math.round(impactMinutes))} min of complete outage`}
      />
      <MetricTile
        label={
          <Definition name="Pages" sentence="Alert groups that paged someone.">
            Pages
          </Definition>
        }
        value={formatCount(pages.total)}
        comparison={
          pages.rated === 0 ? "no feedback yet" : `${formatCountOf(pages.actionable, pages.rated)} actionable`
        }
      />
    </MetricStrip>
  );
}

interface SpreadTileProps {
  label: string;
  spread: Spread;
  text: string;
  comparison?: string | undefined;
}

function SpreadTile({ label, spread, text, comparison }: SpreadTileProps) {
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
      comparison={comparison ?? `median; p90 ${formatDuration(spread.p90)}`}
    />
  );
}
