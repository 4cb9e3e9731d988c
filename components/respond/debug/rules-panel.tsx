import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { WatchingRule } from "#server/respond/debug/contract.ts";
import classes from "./debug.module.css";

const states: Record<WatchingRule["state"], { state: State; word: string }> = {
  firing: { state: "missed", word: "Firing" },
  pending: { state: "watch", word: "Pending" },
  quiet: { state: "on-target", word: "Quiet" },
  paused: { state: "paused", word: "Paused" },
  unknown: { state: "no-data", word: "Unknown" },
};

const kinds: Record<WatchingRule["kind"], string> = { slo: "SLO", rule: "rule", finding: "monitoring" };

/** Lists the rules that monitor the endpoint, with their current state. */
export function RulesPanel({ rules }: { rules: WatchingRule[] }) {
  const columns: Column<WatchingRule>[] = [
    { key: "name", head: "Rule", cell: ({ name }) => name },
    { key: "kind", head: "Kind", cell: ({ kind, severity }) => `${kinds[kind]}, ${severity}` },
    {
      key: "state",
      head: "Now",
      cell: ({ state, since }) => (
        <>
          <StatusBadge state={states[state].state}>{states[state].word}</StatusBadge>{" "}
          {since && (
            <span className="lw-quiet">
              since <RelativeTime at={since} />
            </span>
          )}
        </>
      ),
    },
    { key: "why", head: "Reason", cell: ({ why }) => <span className={classes.why}>{why}</span> },
  ];
  return (
    <Panel id="rules" title="Why this did or did not alert" subtitle="firing first" flush>
      <DataTable
        label="Rules monitoring this endpoint"
        density="dense"
        rows={rules}
        columns={columns}
        rowKey={({ kind, name }) => `${kind} ${name}`}
        rowHref={({ href }) => href}
        empty={
          <EmptyState title="No rules monitor this endpoint">
            Create an SLO or an alert rule so that you find out before your customers do.
          </EmptyState>
        }
      />
    </Panel>
  );
}
