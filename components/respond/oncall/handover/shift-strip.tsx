import { formatPercent } from "#components/ui/format.ts";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { ShiftStatistics } from "#server/respond/oncall/handover/contract.ts";

/** Shows the statistics of a shift below the triage board: pages, precision, pages at night, merged alerts. */
export function ShiftStrip({ statistics }: { statistics: ShiftStatistics }) {
  const { pages, nightPages, precision, verdicts, unanswered, merged } = statistics;
  const given = Object.values(verdicts).reduce((sum, each) => sum + each, 0);
  return (
    <MetricStrip>
      <MetricTile label="Pages this shift" value={String(pages)} comparison="target: at most 2" />
      <MetricTile label="At night, 22:00 to 07:00" value={String(nightPages)} comparison={`of ${pages}`} />
      <MetricTile
        label="Precision"
        value={precision === null ? null : formatPercent(precision)}
        comparison={`${verdicts.actionable} of ${given} rated; ${unanswered} without feedback`}
      />
      <MetricTile label="Duplicates merged" value={String(merged)} comparison="not notified again" />
    </MetricStrip>
  );
}
