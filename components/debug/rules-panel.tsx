import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { WatchingRule } from "#server/monitoring/debug/contract.ts";
import classes from "./debug.module.css";

const states: Record<WatchingRule["state"], { state: State; word: string }> = {
  firing: { state: "missed", word: "Fires" },
  pending: { state: "watch", word: "Waits" },
  quiet: { state: "on-target", word: "Quiet" },
  paused: { state: "paused", word: "Paused" },
  unknown: { state: "no-data", word: "Not known" },
};

const kinds: Record<WatchingRule["kind"], string> = { slo: "SLO", rule: "rule", finding: "monitoring" };

/** Why somebody is told of the endpoint, or is not. */
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
    { key: "why", head: "Why", cell: ({ why }) => <span className={classes.why}>{why}</span> },
  ];
  return (
    <Panel id="rules" title="Why did this (not) alert" subtitle="what fires first" flush>
      <DataTable
        label="Rules that watch the endpoint"
        density="dense"
        rows={rules}
        columns={columns}
        rowKey={({ kind, name }) => `${kind} ${name}`}
        rowHref={({ href }) => href}
        empty={
          <EmptyState title="Nothing watches this endpoint">
            Make an SLO or a rule of alerts, so that somebody is told before customers are.
          </EmptyState>
        }
      />
    </Panel>
  );
}
