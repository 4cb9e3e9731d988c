import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatNumber } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { RolloutSlices, Slice } from "#server/release/rollouts/slices/contract.ts";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { metricLabels } from "./metric-labels.ts";
import { versionNames } from "./rollout-text.ts";
import { VersionMark } from "./version-mark.tsx";

const kindLabels: Record<Slice["kind"], string> = { caller: "caller", answer: "prediction", provider: "hardware" };

/** Lists the callers, predictions and providers that were affected most. */
export function SlicesPanel({ rollout, slices }: { rollout: Rollout; slices: RolloutSlices }) {
  const names = versionNames(rollout);
  const { bad, noun } = metricLabels[slices.metric];
  const headOf = (arm: "stable" | "canary") => (
    <>
      <VersionMark rollout={rollout} arm={arm} /> {names[arm]}, {bad} of logged
    </>
  );
  const columns: Column<Slice>[] = [
    {
      key: "value",
      head: "Segment",
      cell: ({ kind, value }) => (
        <>
          <span className="lw-quiet">{kindLabels[kind]}</span> {value ?? "not stored"}
        </>
      ),
    },
    {
      key: "stable",
      head: headOf("stable"),
      align: "right",
      cell: (row) => formatCountOf(row.stable.bad, row.stable.bad + row.stable.good),
    },
    {
      key: "canary",
      head: headOf("canary"),
      align: "right",
      cell: (row) => formatCountOf(row.canary.bad, row.canary.bad + row.canary.good),
    },
    {
      key: "odds",
      head: "Odds ratio to stable",
      align: "right",
      cell: ({ odds }) =>
        odds ? (
          <>
            {odds.low > 1 && <Tag tone="watch">higher</Tag>} {formatNumber(odds.estimate)}× ({formatNumber(odds.low)} to{" "}
            {formatNumber(odds.high)})
          </>
        ) : (
          "insufficient data"
        ),
    },
  ];
  return (
    <Panel
      id="slices"
      title="Most affected segments"
      subtitle={`${noun}; all failed requests and a sample of the others are logged, which the odds ratio accounts for; intervals hold jointly for all rows`}
      flush
    >
      <DataTable
        label="Segments, most affected first"
        density="dense"
        rows={slices.slices}
        columns={columns}
        rowKey={({ kind, value }) => `${kind} ${value}`}
        empty={
          <EmptyState title={`No ${noun} for ${names.canary} in the log`}>
            None occurred, or they are older than the log retention of this endpoint.
          </EmptyState>
        }
      />
    </Panel>
  );
}
