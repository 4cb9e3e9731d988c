import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { LineChart } from "#components/charts/line-chart.tsx";
import { MakeVariant } from "#components/improve/retraining/make-variant.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { formatPercent, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns, TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { pricesHref } from "#components/watch/cost/addresses.ts";
import { money } from "#components/watch/cost/money-text.ts";
import { VariantsChart } from "#components/watch/cost/variants-chart.tsx";
import { VersionsTable } from "#components/watch/cost/versions-table.tsx";
import { WhatIfTable } from "#components/watch/cost/what-if-table.tsx";
import { findPolicyOfEndpoint } from "#server/improve/retraining/policies/find-policy-of-endpoint.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import type { EndpointCosts } from "#server/watch/cost/endpoint/contract.ts";
import { getEndpointCosts } from "#server/watch/cost/endpoint/queries.ts";
import { makeVariantAction } from "../../../costs/actions.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/cost">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Cost` };
}

export default async function EndpointCostsPage({ params }: PageProps<"/endpoints/[endpoint]/cost">) {
  const ctx = await requireContext();
  const name = decodeURIComponent((await params).endpoint);
  const [costs, endpoint] = await Promise.all([found(getEndpointCosts(ctx, name)), found(getEndpoint(ctx, { name }))]);
  const current = costs.versions.find(({ isCurrent }) => isCurrent);
  const policy = await findPolicyOfEndpoint(ctx, endpoint.id);
  const templates = policy ? await listTemplates(ctx) : [];
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="cost" help="costs-and-reports#costs">
      <LiveRefresh topics={["cost"]} everyMs={60_000} />
      <TabHead sentence={sentenceOf(costs)} context={`${plural(costs.days, "day")} to date, ${costs.timeZone}`} />
      {costs.versions.length === 0 ? (
        <Panel>
          <EmptyState title="No usage in the last four weeks">
            Usage is metered from the first request the endpoint serves. <Link href={pricesHref}>Price book</Link>
          </EmptyState>
        </Panel>
      ) : (
        <>
          <Columns columns="1fr 1fr">
            <LineChart
              title="Spend by day"
              subtitle={costs.currency ?? "no prices set"}
              unit={currencySign(costs.currency)}
              series={[{ id: "spent", label: "spent", points: costs.byDay.map(pointOf) }]}
              fromZero
              empty={<span className="lw-small lw-quiet">The first full day appears here tomorrow.</span>}
              height={280}
            />
            <VariantsChart costs={costs} />
          </Columns>
          <Panel
            title="Versions"
            subtitle="most expensive first"
            flush
            right={
              current && (
                <MakeVariant
                  model={current.modelName}
                  version={current.version}
                  templates={templates.map((template) => template.name)}
                  make={makeVariantAction}
                  actorName={ctx.actor.name}
                  why={
                    denialReason(ctx.actor.role, "requestRetraining") ??
                    (policy ? undefined : "a variant needs a retraining policy: its data, frozen set and rollout plan")
                  }
                />
              )
            }
          >
            <VersionsTable costs={costs} />
          </Panel>
          <Panel
            title="Scenarios"
            subtitle="based on measurements; savings apply once machines are released. Check the SLOs first"
            flush
          >
            {costs.scenarios.length === 0 ? (
              <EmptyState title="Not enough measurements yet">
                Estimates need about 100 requests in the prediction log or one day of machine usage.
              </EmptyState>
            ) : (
              <WhatIfTable costs={costs} />
            )}
          </Panel>
        </>
      )}
    </ServicePage>
  );
}

function pointOf({ startsAt, value }: EndpointCosts["byDay"][number]) {
  return { at: startsAt.getTime(), value };
}

function sentenceOf({ currency, spent, compute, idle, engine }: EndpointCosts): string {
  if (currency === null) return "No prices set yet: usage is metered, costs are not.";
  const machines = compute + idle;
  const waiting = machines > 0 ? `; ${formatPercent(idle / machines, { decimals: 0 })} of machine cost was idle` : "";
  const elsewhere = engine > 0 ? `, ${money(engine, currency)} of it on external engines` : "";
  return `${money(spent, currency)} spent${elsewhere}${waiting}.`;
}
