import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";
import { rolloutHref } from "./addresses.ts";
import { describeBlamed } from "./metric-labels.ts";
import { describeState, formatWeight, isActive, versionNames } from "./rollout-text.ts";
import { VersionMark } from "./version-mark.tsx";

/** Renders rollouts in the given order: those in progress first. */
export function RolloutsTable({ rollouts }: { rollouts: readonly RolloutSummary[] }) {
  const columns: Column<RolloutSummary>[] = [
    { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint },
    {
      key: "versions",
      head: "Versions",
      cell: (rollout) => {
        const { stable, canary } = versionNames(rollout);
        return (
          <>
            <VersionMark rollout={rollout} arm="stable" /> {stable} → <VersionMark rollout={rollout} arm="canary" />{" "}
            <strong>{canary}</strong>
          </>
        );
      },
    },
    {
      key: "state",
      head: "State",
      cell: (rollout) => {
        const { state, word } = describeState(rollout);
        return <StatusBadge state={state}>{word}</StatusBadge>;
      },
    },
    {
      key: "step",
      head: "Step",
      align: "right",
      cell: ({ step, steps, phase }) =>
        phase === "watching" || phase === "promoted" ? "all" : `${Math.min(step + 1, steps)} of ${steps}`,
    },
    {
      key: "weight",
      head: "Share",
      align: "right",
      cell: ({ weight, phase }) => formatWeight(phase === "promoted" ? 1 : weight),
    },
    {
      key: "why",
      head: "Reason",
      cell: ({ violatedMetrics, hold, reason, ...rest }) => (
        <span className="lw-muted">
          {violatedMetrics.length > 0 ? describeBlamed(violatedMetrics) : isActive(rest) && hold ? hold.words : reason}
        </span>
      ),
    },
    {
      key: "started",
      head: "Started",
      cell: ({ createdAt, startedBy }) => (
        <>
          <RelativeTime at={createdAt} /> <span className="lw-muted">by {startedBy}</span>
        </>
      ),
    },
    {
      key: "ended",
      head: "Ended",
      cell: ({ endedAt }) => (endedAt ? <RelativeTime at={endedAt} /> : <span className="lw-quiet">in progress</span>),
    },
  ];
  return (
    <DataTable
      label="Rollouts, in progress first"
      rows={rollouts}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => rolloutHref(id)}
    />
  );
}
