import { SeverityTag } from "#components/alerting/alerts/alert-text.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import { formatBurnRate, formatSpan } from "#server/watch/slo/engine/contract.ts";

const minuteMs = 60_000;
const burn = (value: number | null) => (value === null ? noValue : `${formatBurnRate(value)}×`);

const columns: Column<TierReading>[] = [
  {
    key: "windows",
    head: "Windows",
    cell: ({ tier: { longMinutes, shortMinutes } }) =>
      [longMinutes, shortMinutes ?? []]
        .flat()
        .map((minutes) => formatSpan(minutes * minuteMs))
        .join(" and "),
  },
  { key: "severity", head: "Severity", cell: ({ tier }) => <SeverityTag severity={tier.severity} /> },
  { key: "state", head: "State", cell: tierState },
  { key: "long", head: "Long-window burn rate", align: "right", cell: ({ long }) => burn(long) },
  { key: "short", head: "Short-window burn rate", align: "right", cell: ({ short }) => burn(short) },
  { key: "factor", head: "Threshold", align: "right", cell: ({ factor }) => burn(factor) },
  {
    key: "cap",
    head: "Cap",
    cell: ({ isCapped, tier }) =>
      isCapped ? `capped, was ${formatBurnRate(tier.factor)}×` : <span className="lw-quiet">none</span>,
  },
  {
    key: "bad",
    head: "Bad / total",
    align: "right",
    cell: ({ bad, total }) => `${formatCount(bad)} of ${formatCount(total)}`,
  },
  { key: "chance", head: "p-value", align: "right", cell: ({ chance }) => formatChance(chance) },
];

function tierState({ isFiring, passesGate, long, short, factor }: TierReading) {
  if (isFiring) return <StatusBadge state="missed">Firing</StatusBadge>;
  const isBurning = (long ?? 0) >= factor && (short ?? factor) >= factor;
  if (isBurning && !passesGate) return <StatusBadge state="paused">Suppressed by the low-traffic gate</StatusBadge>;
  return <StatusBadge state="on-target">Quiet</StatusBadge>;
}

function formatChance(chance: number | null) {
  if (chance === null) return <span className="lw-quiet">not applied</span>;
  if (chance < 0.0001) return "< 0.01%";
  return `${(chance * 100).toPrecision(2)}%`;
}

/** Renders each pair of windows of an SLO: both burn rates, the factor with its cap, and the probability of as many bad by chance. */
export function BurnTable({ tiers }: { tiers: readonly TierReading[] }) {
  return (
    <DataTable
      label="SLO burn rates"
      rows={tiers}
      columns={columns}
      rowKey={({ tier }) => `${tier.severity} ${tier.longMinutes} ${tier.shortMinutes}`}
      density="dense"
      empty={<p className="lw-quiet">Not evaluated yet.</p>}
    />
  );
}
