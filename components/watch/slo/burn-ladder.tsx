import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import { formatBurnRate } from "#server/watch/slo/engine/contract.ts";
import { burnText } from "./budget-text.ts";
import classes from "./burn-ladder.module.css";
import { formatWindows, rungOf } from "./ladder-text.ts";

/** Renders the current state of the rules: both windows against the limit, and the result of the significance gate. */
export function BurnLadder({ tiers, withGate = true }: { tiers: readonly TierReading[]; withGate?: boolean }) {
  const columns: Column<TierReading>[] = [
    { key: "windows", head: "Windows", cell: ({ tier }) => formatWindows(tier) },
    {
      key: "limit",
      head: "Threshold",
      align: "right",
      cell: ({ factor, isCapped, tier }) => (
        <span
          title={
            isCapped ? `Capped from ${formatBurnRate(tier.factor)}: even a total outage burns no faster.` : undefined
          }
        >
          {formatBurnRate(factor)}×{isCapped && " (capped)"}
        </span>
      ),
    },
    { key: "short", head: "Short", align: "right", cell: (reading) => <Burn reading={reading} window="short" /> },
    { key: "long", head: "Long", align: "right", cell: (reading) => <Burn reading={reading} window="long" /> },
    ...(withGate
      ? [
          {
            key: "events",
            head: "Bad / total",
            align: "right",
            cell: ({ bad, total }) => `${formatCount(bad)} of ${formatCount(total)}`,
          } satisfies Column<TierReading>,
          { key: "chance", head: "p-value", align: "right", cell: formatChance } satisfies Column<TierReading>,
        ]
      : []),
    {
      key: "rung",
      head: "Tier",
      cell: (reading) => {
        const { state, word } = rungOf(reading);
        return <StatusBadge state={state}>{word}</StatusBadge>;
      },
    },
  ];
  return (
    <DataTable
      label="Burn-rate alerts"
      rows={tiers}
      columns={columns}
      rowKey={({ tier }) => `${tier.severity} ${tier.longMinutes} ${tier.shortMinutes} ${tier.factor}`}
      density="compact"
    />
  );
}

function Burn({ reading, window }: { reading: TierReading; window: "short" | "long" }) {
  const value = reading[window];
  const isAboveThreshold = value !== null && value > reading.factor;
  return <span className={isAboveThreshold ? classes.over : undefined}>{burnText(value)}</span>;
}

function formatChance({ chance, passesGate }: TierReading): string {
  if (chance === null) return passesGate ? "–" : "insufficient data";
  if (chance < 1e-4) return `less than 0.01%`;
  return `${Number((chance * 100).toPrecision(2))}%`;
}
