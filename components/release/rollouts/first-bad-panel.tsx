import { playgroundHref, predictionHref } from "#components/serve/endpoints/addresses.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatUnit } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RolloutSlices } from "#server/release/rollouts/slices/contract.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { metricLabels } from "./metric-labels.ts";
import { versionNames } from "./rollout-text.ts";

/** Renders the first bad requests of one arm, with their stored inputs; each links to its page, where it can be replayed. */
export function FirstBadPanel({
  rollout,
  slices,
  arm,
}: {
  rollout: Rollout;
  slices: RolloutSlices;
  arm: "stable" | "canary";
}) {
  const name = versionNames(rollout)[arm];
  const { noun } = metricLabels[slices.metric];
  const columns: Column<Prediction>[] = [
    { key: "at", head: "Time", cell: ({ at }) => <ClockTime at={at} seconds /> },
    {
      key: "status",
      head: "Status",
      cell: ({ status }) => (
        <StatusBadge state={status >= 500 ? "missed" : status >= 400 ? "watch" : "on-target"}>{status}</StatusBadge>
      ),
    },
    {
      key: "what",
      head: "Prediction",
      isClipped: true,
      width: 220,
      cell: ({ error, answer: prediction, label }) =>
        error ?? (label === null ? (prediction ?? "not stored") : `${prediction ?? "not stored"}, was ${label}`),
    },
    { key: "input", head: "Input", cell: ({ inputs }) => <span className="lw-small">{describeInput(inputs)}</span> },
    { key: "took", head: "Duration", align: "right", cell: ({ latencyMs }) => formatUnit(latencyMs, "ms") },
    {
      key: "again",
      head: "Replay",
      cell: ({ id, inputs, modelName, version }) =>
        inputs && modelName && version !== null ? (
          <Link href={playgroundHref(modelName, { a: rollout.stable.version, b: version, input: id })}>
            replay on both versions
          </Link>
        ) : (
          <span className="lw-quiet">input not stored</span>
        ),
    },
  ];
  return (
    <Panel
      id={`first-${arm}`}
      title={`First ${noun} of ${name}`}
      subtitle="oldest first, from the prediction log"
      flush
    >
      <DataTable
        label={`First ${noun} of ${name}`}
        density="dense"
        rows={slices.first[arm]}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ id }) => predictionHref(rollout.endpoint, id)}
        empty={<EmptyState title={`No matching requests of ${name} in the log`} />}
      />
    </Panel>
  );
}

/** Describes the inputs by names and shapes; the prediction log has already redacted the configured fields. */
function describeInput(inputs: LoggedTensor[] | null): string {
  if (!inputs) return "not stored";
  return inputs.map(({ name, shape }) => `${name} ${shape.join(" × ")}`).join(", ");
}
