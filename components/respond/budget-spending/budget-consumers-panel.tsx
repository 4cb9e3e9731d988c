import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { BudgetConsumer, BudgetConsumers } from "#server/respond/budget-spending/contract.ts";
import { formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";

type Row = BudgetConsumer & { kind: string };

/** Lists what spent the budget of the period: versions, rollouts and incidents, the largest first. The three overlap. */
export function BudgetConsumersPanel({ budgetConsumers }: { budgetConsumers: BudgetConsumers }) {
  const rows: Row[] = [
    ...budgetConsumers.incidents.map((each) => ({ ...each, kind: "incident" })),
    ...budgetConsumers.rollouts.map((each) => ({ ...each, kind: "rollout" })),
    ...budgetConsumers.versions.map((each) => ({ ...each, kind: "version" })),
  ].toSorted((a, b) => b.spent - a.spent);
  const most = Math.max(0.01, ...rows.map(({ spent }) => spent));
  const columns: Column<Row>[] = [
    {
      key: "title",
      head: "What",
      width: 260,
      isClipped: true,
      cell: ({ title }) => <span title={title}>{title}</span>,
    },
    { key: "kind", head: "Kind", cell: ({ kind }) => kind },
    {
      key: "spent",
      head: "Share of budget",
      width: 180,
      cell: ({ spent }) => <BarCell value={spent} most={most} text={formatBudgetLeft(spent)} />,
    },
    { key: "bad", head: "Bad", align: "right", cell: ({ bad }) => formatCount(bad) },
    { key: "total", head: "Of", align: "right", cell: ({ total }) => formatCount(total) },
    { key: "from", head: "From", cell: ({ from }) => (from ? <RelativeTime at={from} /> : "the whole window") },
  ];
  return (
    <Panel
      title="Budget consumers"
      subtitle="largest first; an incident, its rollout and its version can be the same failures seen three ways"
      flush
    >
      <DataTable
        label="Budget consumers, largest first"
        rows={rows}
        columns={columns}
        rowKey={({ kind, id }) => `${kind} ${id}`}
        rowHref={({ href }) => href ?? undefined}
        density="compact"
        empty={<EmptyState title="No budget spent yet">No bad events in this window.</EmptyState>}
        foot={
          budgetConsumers.needsPostMortem.length > 0 &&
          `Each spent more than a fifth of the error budget, so a post-mortem is due: ${budgetConsumers.needsPostMortem.join(", ")}`
        }
      />
    </Panel>
  );
}
