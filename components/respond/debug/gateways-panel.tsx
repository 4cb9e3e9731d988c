import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, formatCount, noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { GatewayView, LoadedVersion } from "#server/serve/gateways/contract.ts";

interface Row extends LoadedVersion {
  gateway: GatewayView;
  name: string;
}

const states: Record<LoadedVersion["state"], State> = { ready: "on-target", loading: "running", failed: "missed" };

interface GatewaysPanelProps {
  gateways: GatewayView[];
  /** Names of versions by id: "digits v2". */
  names: ReadonlyMap<string, string>;
}

/** Renders the worker pool of each gateway process: its loaded versions, its location and its memory. */
export function GatewaysPanel({ gateways, names }: GatewaysPanelProps) {
  const rows: Row[] = gateways.flatMap((gateway) =>
    gateway.versions.map((version) => ({
      ...version,
      gateway,
      name: names.get(version.versionId) ?? "another version",
    })),
  );
  const columns: Column<Row>[] = [
    { key: "gateway", head: "Gateway", cell: ({ gateway }) => gateway.gatewayId },
    { key: "version", head: "Version", cell: ({ name, isServing }) => `${name}${isServing ? ", serving" : ""}` },
    {
      key: "state",
      head: "State",
      cell: ({ state, message }) => (
        <span title={message}>
          <StatusBadge state={states[state]}>{state}</StatusBadge>
        </span>
      ),
    },
    { key: "provider", head: "Runs on", cell: ({ provider }) => (provider ? providerName(provider) : noValue) },
    {
      key: "workers",
      head: "Workers",
      align: "right",
      cell: ({ workers, place: kind }) =>
        workers === undefined
          ? noValue
          : plural(workers, kind === "process" ? "process" : "thread", kind === "process" ? "processes" : "threads"),
    },
    {
      key: "batch",
      head: "Rows per batch",
      align: "right",
      cell: ({ batching }) => (batching ? `up to ${formatCount(batching.maxBatchSize)}` : noValue),
    },
    { key: "memory", head: "Memory", align: "right", cell: ({ memoryBytes }) => formatBytes(memoryBytes) },
    { key: "since", head: "Started", cell: ({ gateway }) => <RelativeTime at={gateway.startedAt} /> },
  ];
  return (
    <Panel
      id="workers"
      title="Worker pool and memory"
      subtitle={`${plural(gateways.length, "gateway")} active in the last 30 s`}
      flush
    >
      <DataTable
        label="Versions loaded by gateways"
        density="dense"
        rows={rows}
        columns={columns}
        rowKey={({ gateway, versionId }) => `${gateway.gatewayId} ${versionId}`}
        empty={
          <EmptyState title="No gateway has loaded a version of this endpoint">
            Gateways load new deployments within seconds. Is the gateway role running?
          </EmptyState>
        }
      />
    </Panel>
  );
}
