import { Button } from "@mantine/core";
import { requireContext } from "#app/_lib/context.ts";
import { Sentence } from "#components/report/overview/sentence.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { budgetsHref, costsHref, pricesHref } from "#components/watch/cost/addresses.ts";
import { CostsTable } from "#components/watch/cost/costs-table.tsx";
import { formatDay, formatMonth, otherMonth } from "#components/watch/cost/money-text.ts";
import { SavingsPanel } from "#components/watch/cost/savings-panel.tsx";
import { SpendChart } from "#components/watch/cost/spend-chart.tsx";
import { Month } from "#server/watch/cost/budgets/contract.ts";
import { type CostGroup, type CostReport, costGroups } from "#server/watch/cost/report/contract.ts";
import { getCostPage } from "#server/watch/cost/report/queries.ts";

export const metadata = { title: "Costs" };

const groupLabels = { model: "Model", team: "Team", machine: "Machine" };

export default async function CostsPage({ searchParams }: PageProps<"/costs">) {
  const ctx = await requireContext();
  const params = await searchParams;
  const month = Month.safeParse(params.month).data;
  const by = costGroups.find((group) => group === params.by) ?? "model";
  const page = await getCostPage(ctx, { month, by });
  const { report } = page;
  const { savings, currency } = page.savings;
  return (
    <Page crumbs={[{ label: "Costs", href: "/costs" }, { label: formatMonth(report.month) }]} live>
      <LiveRefresh topics={["cost"]} everyMs={60_000} />
      <PageHead
        help="costs-and-reports#costs"
        title="Costs"
        context={
          <span>
            {describeSpan(report)}
            {report.asOf && (
              <>
                , metered <RelativeTime at={report.asOf} />
              </>
            )}
          </span>
        }
        actions={
          <>
            <SegmentedLinks label="By" items={groupLinks(month, by)} />
            <Button component="a" variant="default" href={`/api/v1/costs.csv?month=${report.month}`}>
              Export
            </Button>
          </>
        }
        sentence={<Sentence parts={report.sentence.map(({ text, href }) => ({ text, ...(href && { href }) }))} />}
      />
      {report.problems.map((problem) => (
        <StaleLine key={problem}>{problem}</StaleLine>
      ))}
      <Columns columns="1fr 348px">
        <SpendChart report={report} now={Date.now()} />
        <SavingsPanel savings={savings} currency={currency} />
      </Columns>
      <Panel flush>
        {report.rows.length === 0 ? (
          <EmptyState title={`No usage in ${formatMonth(report.month)}`}>
            Usage is metered from the first request; prices can be set before or after.
          </EmptyState>
        ) : (
          <CostsTable report={report} />
        )}
      </Panel>
      <p className="lw-small">
        <Link href={costsHref({ month: otherMonth(report.month, -1), by })}>
          {formatMonth(otherMonth(report.month, -1))}
        </Link>
        {" · "}
        {month && (
          <>
            <Link href={costsHref({ by })}>Current month</Link>
            {" · "}
          </>
        )}
        <Link href={pricesHref}>Price book</Link>
        {" · "}
        <Link href={budgetsHref}>Budgets</Link>
      </p>
    </Page>
  );
}

function groupLinks(month: string | undefined, by: CostGroup) {
  return costGroups.map((group) => ({
    label: groupLabels[group],
    href: costsHref({ month, by: group }),
    current: group === by,
  }));
}

/** Formats the period of a report: "1 to 13 May 2026, Europe/Lisbon". */
function describeSpan({ firstDay, lastDay, month, timeZone }: CostReport): string {
  const first = formatDay(firstDay).split(" ")[0];
  return `${first} to ${formatDay(lastDay)} ${month.slice(0, 4)}, ${timeZone}`;
}
