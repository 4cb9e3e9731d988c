import { runHref } from "#components/develop/addresses/run-href.ts";
import { RunStatusBadge } from "#components/develop/tracking/runs/run-status.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { OverviewRun } from "#server/report/overview/contract.ts";

const columns: Column<OverviewRun>[] = [
  { key: "name", head: "Run", cell: ({ name }) => name },
  { key: "status", head: "Status", cell: (run) => <RunStatusBadge run={run} /> },
  { key: "experiment", head: "Experiment", cell: ({ experimentName }) => experimentName },
  { key: "started", head: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  {
    key: "took",
    head: "Duration",
    align: "right",
    cell: ({ startedAt, endedAt }) =>
      endedAt ? (
        formatDuration(endedAt.getTime() - startedAt.getTime())
      ) : (
        <span className="lw-quiet">still running</span>
      ),
  },
  { key: "who", head: "User", cell: ({ userName }) => userName || <span className="lw-quiet">–</span> },
];

/** Renders the most recently started runs. */
export function OverviewRuns({ runs }: { runs: OverviewRun[] }) {
  return (
    <DataTable
      label="Recent runs"
      density="dense"
      rows={runs}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ experimentId, id }) => runHref(experimentId, id)}
      empty={
        <EmptyState title="No runs yet" action={<Link href="/getting-started#run">How to log a run</Link>}>
          Runs appear here as soon as they start.
        </EmptyState>
      }
    />
  );
}
