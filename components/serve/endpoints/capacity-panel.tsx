import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatNumber, formatPercent, formatUnit, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import type { CapacityAdvice, CapacityLine } from "#server/serve/capacity/contract.ts";

interface CapacityPanelProps {
  /** Undefined when nothing was run that could be counted. */
  advice: CapacityAdvice | undefined;
  /** "3 h" */
  rangeText: string;
}

/** Shows how many gateways the endpoint needed at peak load, and the data behind this number. */
export function CapacityPanel({ advice, rangeText }: CapacityPanelProps) {
  if (!advice) return null;
  const { load, utilisation, waitMsNow, lines } = advice;
  const columns: Column<CapacityLine>[] = [
    { key: "wait", head: "p99 queue time", cell: ({ waitMs }) => formatUnit(waitMs, "ms") },
    { key: "workers", head: "Workers", align: "right", cell: ({ workers }) => workers },
    {
      key: "gateways",
      head: "Gateways",
      align: "right",
      cell: ({ gateways }) => (gateways > load.gateways ? <strong>{gateways}</strong> : gateways),
    },
    {
      key: "most",
      head: `Max requests/s with ${plural(load.gateways, "gateway")}`,
      align: "right",
      cell: ({ maxPerSecond }) => formatNumber(maxPerSecond),
    },
  ];
  const wait =
    waitMsNow === null
      ? "the workers are saturated"
      : `99 of 100 requests are queued for at most ${formatUnit(waitMsNow, "ms")}`;
  return (
    <Panel
      id="capacity"
      title="Capacity estimate"
      subtitle={`for the busiest ${formatUnit(load.stepSeconds, "s")} of the ${rangeText}`}
      flush
    >
      <DataTable
        label="Gateways needed by queue-time limit"
        density="dense"
        rows={lines}
        columns={columns}
        rowKey={({ waitMs }) => String(waitMs)}
      />
      <PanelSection>
        <p>
          {formatNumber(load.peakPerSecond)} requests/s at {formatUnit(load.serviceMs, "ms")} each kept{" "}
          {plural(load.workers * load.gateways, "worker")} busy {formatPercent(utilisation)} of the time; according to
          the model, {wait}.
        </p>
        <p className="lw-small lw-muted">
          Based on Erlang's formula (M/M/c), which assumes independent arrivals, a single queue and highly variable
          service times. Real models vary less and batching is cheaper, so fewer gateways may be enough. One extra
          gateway allows one to fail or restart. Other endpoints on the same gateways are not included.
        </p>
      </PanelSection>
    </Panel>
  );
}
