import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatNumber, formatPercent, formatUnit, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import type { CapacityAdvice, CapacityLine } from "#server/serving/capacity/contract.ts";

interface CapacityPanelProps {
  /** Undefined when nothing was run that could be counted. */
  advice: CapacityAdvice | undefined;
  /** "3 h" */
  rangeLabel: string;
}

/** How many gateways the endpoint needed when it was busiest, and on what that rests. */
export function CapacityPanel({ advice, rangeLabel }: CapacityPanelProps) {
  if (!advice) return null;
  const { load, utilisation, waitMsNow, lines } = advice;
  const columns: Column<CapacityLine>[] = [
    { key: "wait", head: "99 of 100 wait at most", cell: ({ waitMs }) => formatUnit(waitMs, "ms") },
    { key: "workers", head: "Workers", align: "right", cell: ({ workers }) => workers },
    {
      key: "gateways",
      head: "Gateways",
      align: "right",
      cell: ({ gateways }) => (gateways > load.gateways ? <strong>{gateways}</strong> : gateways),
    },
    {
      key: "most",
      head: `Most requests/s with ${plural(load.gateways, "gateway")}`,
      align: "right",
      cell: ({ mostPerSecond }) => formatNumber(mostPerSecond),
    },
  ];
  const wait = waitMsNow === null ? "could not keep up" : `waited ${formatUnit(waitMsNow, "ms")} at most`;
  return (
    <Panel
      id="capacity"
      title="How many gateways it takes"
      subtitle={`for the busiest ${formatUnit(load.stepSeconds, "s")} of the last ${rangeLabel}`}
      flush
    >
      <DataTable
        label="Gateways for limits of the wait"
        density="dense"
        rows={lines}
        columns={columns}
        rowKey={({ waitMs }) => String(waitMs)}
      />
      <PanelSection>
        <p>
          {formatNumber(load.peakPerSecond)} requests/s of {formatUnit(load.serviceMs, "ms")} each kept{" "}
          {plural(load.workers * load.gateways, "worker")} busy for {formatPercent(utilisation)} of the time; by the
          formula, 99 of 100 requests {wait}.
        </p>
        <p className="lw-small lw-muted">
          Erlang’s formula (M/M/c) assumes that requests come independently, wait in one line, and run one by one for
          times that vary much. Models vary less and batches cost less, so fewer gateways may do. One gateway more lets
          one fail or restart. What other endpoints do on the same gateways is not counted.
        </p>
      </PanelSection>
    </Panel>
  );
}
