import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { CostBudget } from "#server/watch/cost/budgets/contract.ts";
import { formatMonth, money } from "./money-text.ts";

/** Lists the monthly budgets: those in effect and earlier ones. */
export function BudgetsTable({ budgets, thisMonth }: { budgets: readonly CostBudget[]; thisMonth: string }) {
  const columns: Column<CostBudget>[] = [
    { key: "scope", head: "Scope", cell: describeScope },
    {
      key: "amount",
      head: "A month",
      align: "right",
      cell: ({ amount, currency }) => <strong>{amount === 0 ? "none" : money(amount, currency)}</strong>,
    },
    { key: "state", head: "State", cell: (budget) => <BudgetState budget={budget} thisMonth={thisMonth} /> },
    { key: "from", head: "From", cell: ({ fromMonth }) => formatMonth(fromMonth) },
    { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
    { key: "at", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    {
      key: "why",
      head: "Reason",
      width: 260,
      isClipped: true,
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ];
  return <DataTable label="Budgets" rows={budgets} columns={columns} rowKey={({ id }) => id} />;
}

function describeScope({ endpointId, teamId, name }: CostBudget): string {
  return endpointId ? `${name}` : teamId ? `Team ${name}` : "Whole workspace";
}

function BudgetState({ budget, thisMonth }: { budget: CostBudget; thisMonth: string }) {
  if (budget.isInForce) return <StatusBadge state="on-target">In effect</StatusBadge>;
  if (budget.fromMonth > thisMonth) return <StatusBadge state="not-started">Later</StatusBadge>;
  return <StatusBadge state="finished">Ended</StatusBadge>;
}
