import Link from "next/link";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { LineChart } from "#components/charts/line-chart.tsx";
import { costsHref, pricesHref } from "#components/cost/addresses.ts";
import { money } from "#components/cost/money-words.ts";
import { VariantsChart } from "#components/cost/variants-chart.tsx";
import { VersionsTable } from "#components/cost/versions-table.tsx";
import { WhatIfTable } from "#components/cost/what-if-table.tsx";
import { endpointHref } from "#components/serving/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatPercent, plural } from "#components/ui/format.ts";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { currencySign } from "#server/cost/contract.ts";
import type { EndpointCosts } from "#server/cost/endpoint/contract.ts";
import { getEndpointCosts } from "#server/cost/endpoint/queries.ts";

export async function generateMetadata({ params }: PageProps<"/costs/[endpoint]">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Costs` };
}

export default async function EndpointCostsPage({ params }: PageProps<"/costs/[endpoint]">) {
  const ctx = await requireContext();
  const name = decodeURIComponent((await params).endpoint);
  const costs = await found(getEndpointCosts(ctx, name));
  return (
    <Page crumbs={[{ label: "Costs", href: costsHref() }, { label: name }]} live>
      <LiveRefresh topics={["cost"]} everyMs={60_000} />
      <PageHead
        title={name}
        context={`${plural(costs.days, "day")} until now, ${costs.timeZone}`}
        actions={
          <ButtonLink href={endpointHref(name)} variant="default">
            Open the endpoint
          </ButtonLink>
        }
        sentence={sentenceOf(costs)}
      />
      {costs.versions.length === 0 ? (
        <Panel>
          <EmptyState title="Nothing ran in four weeks">
            Usage is counted from the first request that the endpoint answers. <Link href={pricesHref}>Price book</Link>
          </EmptyState>
        </Panel>
      ) : (
        <>
          <Columns columns="1fr 1fr">
            <LineChart
              title="Spent by day"
              subtitle={costs.currency ?? "no price"}
              unit={currencySign(costs.currency)}
              series={[{ id: "spent", label: "spent", points: costs.byDay.map(pointOf) }]}
              fromZero
              empty={<span className="lw-small lw-quiet">No day is over yet; today is drawn tomorrow.</span>}
              height={280}
            />
            <VariantsChart costs={costs} />
          </Columns>
          <Panel title="Versions" subtitle="the dearest first" flush>
            <VersionsTable costs={costs} />
          </Panel>
          <Panel
            title="What if"
            subtitle="by what was measured; saved once machines are given back, and before objectives are looked at"
            flush
          >
            {costs.whatIfs.length === 0 ? (
              <EmptyState title="Too little was measured">
                A hundred runs in the prediction log, or a day of machines, tell what batches, a cache or fewer cores
                would save.
              </EmptyState>
            ) : (
              <WhatIfTable costs={costs} />
            )}
          </Panel>
        </>
      )}
    </Page>
  );
}

function pointOf({ startsAt, value }: EndpointCosts["byDay"][number]) {
  return { at: startsAt.getTime(), value };
}

function sentenceOf({ currency, spent, compute, idle, engine }: EndpointCosts): string {
  if (currency === null) return "Nothing has a price yet, so that usage is counted and costs are not.";
  const machines = compute + idle;
  const waiting =
    machines > 0 ? `; ${formatPercent(idle / machines, { decimals: 0 })} of what its machines cost was waiting` : "";
  const elsewhere = engine > 0 ? `, ${money(engine, currency)} of it to engines elsewhere` : "";
  return `${money(spent, currency)} was spent${elsewhere}${waiting}.`;
}
