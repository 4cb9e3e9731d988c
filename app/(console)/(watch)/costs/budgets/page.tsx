import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { costsHref } from "#components/watch/cost/addresses.ts";
import { BudgetsTable } from "#components/watch/cost/budgets-table.tsx";
import { SetBudgetButton } from "#components/watch/cost/set-budget-button.tsx";
import { listTeams } from "#server/platform/teams/queries.ts";
import { listCostBudgets } from "#server/watch/cost/budgets/queries.ts";
import { getPriceBook } from "#server/watch/cost/prices/queries.ts";
import { setCostBudgetAction } from "../actions.ts";

export const metadata = { title: "Budgets" };

export default async function BudgetsPage() {
  const ctx = await requireContext();
  const [{ budgets, endpoints, thisMonth, timeZone }, book, teams] = await Promise.all([
    listCostBudgets(ctx),
    getPriceBook(ctx),
    listTeams(ctx),
  ]);
  return (
    <Page crumbs={[{ label: "Costs", href: costsHref() }, { label: "Budgets" }]} live>
      <LiveRefresh topics={["cost"]} />
      <PageHead
        help="costs-and-reports#budgets"
        title="Budgets"
        context={`Monthly budgets, ${timeZone}`}
        actions={
          <SetBudgetButton
            endpoints={endpoints}
            teams={teams.map(({ id, name }) => ({ id, name }))}
            currency={book.currency}
            thisMonth={thisMonth}
            why={denialReason(ctx.actor.role, "setCostBudget")}
            actorName={ctx.actor.name}
            setBudget={setCostBudgetAction}
          />
        }
      />
      <Panel flush>
        {budgets.length === 0 ? (
          <EmptyState title="No budgets yet">
            A budget limits monthly spend for the workspace, a model or a team. It is compared with the forecast, and an
            alert rule can notify someone before it is exceeded.
          </EmptyState>
        ) : (
          <BudgetsTable budgets={budgets} thisMonth={thisMonth} />
        )}
      </Panel>
    </Page>
  );
}
