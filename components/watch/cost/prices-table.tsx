import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatNumber } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Price } from "#server/serve/prices/contract.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import { itemLabels } from "./price-labels.ts";

/** Renders the price list: current, past and future prices. */
export function PricesTable({ prices, now }: { prices: readonly Price[]; now: number }) {
  const columns: Column<Price>[] = [
    {
      key: "item",
      head: "Resource",
      cell: ({ item }) => <span title={itemLabels[item].unit}>{itemLabels[item].label}</span>,
    },
    {
      key: "variant",
      head: "Applies to",
      cell: ({ item, variant }) => variant || <span className="lw-quiet">{itemLabels[item].all}</span>,
    },
    {
      key: "amount",
      head: "Amount",
      align: "right",
      cell: ({ amount, currency }) => <strong>{`${currencySign(currency)}${formatNumber(amount)}`}</strong>,
    },
    { key: "state", head: "State", cell: (price) => <PriceState price={price} now={now} /> },
    {
      key: "from",
      head: "From",
      cell: ({ from }) => (from ? <RelativeTime at={from} /> : <span className="lw-quiet">no expiry</span>),
    },
    { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
    {
      key: "why",
      head: "Reason",
      width: 260,
      isClipped: true,
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ];
  return (
    <DataTable
      label="Prices"
      rows={prices}
      columns={columns}
      rowKey={({ id, item, variant }) => id ?? `${item} ${variant} configured`}
    />
  );
}

function PriceState({ price: { isInForce, from }, now }: { price: Price; now: number }) {
  if (isInForce) return <StatusBadge state="on-target">In effect</StatusBadge>;
  if (from && +from > now) return <StatusBadge state="not-started">Later</StatusBadge>;
  return <StatusBadge state="finished">Ended</StatusBadge>;
}
