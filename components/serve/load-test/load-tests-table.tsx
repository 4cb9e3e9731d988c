import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { isActive, type LoadTest } from "#server/serve/load-test/contract.ts";
import { loadTestsHref } from "../endpoints/addresses.ts";
import { describeFinding, describeLoad, describeProgress, stateLabels } from "./load-test-text.ts";

/** Renders the load tests of an endpoint, newest first. */
export function LoadTestsTable({ tests }: { tests: readonly LoadTest[] }) {
  const columns: Column<LoadTest>[] = [
    { key: "version", head: "Version", cell: ({ model, version }) => `${model} v${version}` },
    {
      key: "state",
      head: "State",
      cell: ({ state, message }) => (
        <span title={message ?? undefined}>
          <StatusBadge state={stateLabels[state].state}>{stateLabels[state].word}</StatusBadge>
        </span>
      ),
    },
    { key: "load", head: "Load", cell: (test) => describeLoad(test) },
    { key: "found", head: "Result", cell: (test) => (isActive(test) ? describeProgress(test) : describeFinding(test)) },
    {
      key: "started",
      head: "Started",
      cell: ({ createdAt, startedBy }) => (
        <>
          <RelativeTime at={createdAt} /> <span className="lw-muted">by {startedBy}</span>
        </>
      ),
    },
  ];
  return (
    <DataTable
      label="Load tests, newest first"
      density="dense"
      rows={tests}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ endpoint, id }) => loadTestsHref(endpoint, id)}
    />
  );
}
