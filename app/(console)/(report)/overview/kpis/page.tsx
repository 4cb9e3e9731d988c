import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { kpiHref } from "#components/report/kpis/addresses.ts";
import { ArchiveKpiButton } from "#components/report/kpis/archive-kpi-button.tsx";
import { KpiDaysChart } from "#components/report/kpis/days-chart.tsx";
import { KpiDialog } from "#components/report/kpis/kpi-dialog.tsx";
import { KpisTable } from "#components/report/kpis/kpis-table.tsx";
import { KpiResultsPanel } from "#components/report/kpis/results-panel.tsx";
import { KpiReturnPanel } from "#components/report/kpis/return-panel.tsx";
import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { getKpi, listKpis } from "#server/report/kpis/queries.ts";
import { getKpiResults } from "#server/report/kpis/result-queries.ts";
import { getKpiReturn } from "#server/report/kpis/returns/queries.ts";
import { archiveKpiAction, saveKpiAction } from "../actions.ts";

export const metadata = { title: "Business" };

export default async function KpisPage({ searchParams }: PageProps<"/overview/kpis">) {
  const ctx = await requireContext();
  const { kpi, endpoint } = await searchParams;
  if (typeof kpi === "string")
    return <OneKpi ctx={ctx} name={kpi} endpoint={typeof endpoint === "string" ? endpoint : undefined} />;
  const kpis = await listKpis(ctx);
  const why = denialReason(ctx.actor.role, "createKpi");
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: "Business" }]}
      controls={<OverviewSections current="kpis" />}
    >
      <PageHead
        help="costs-and-reports#kpis"
        title="Business"
        context="Business outcomes that followed predictions"
        actions={<KpiDialog save={saveKpiAction} why={why} />}
      />
      <Panel title="KPIs" subtitle="last 30 days" flush>
        {kpis.length === 0 ? (
          <EmptyState title="No KPIs yet" action={<KpiDialog save={saveKpiAction} why={why} />}>
            Create a KPI for what matters, such as order or missed-case, then post events with the ID of the request
            they followed. KPIs are compared across versions and rollout arms, with confidence intervals.
          </EmptyState>
        ) : (
          <KpisTable kpis={kpis} />
        )}
      </Panel>
    </Page>
  );
}

async function OneKpi({ ctx, name, endpoint }: { ctx: Context; name: string; endpoint: string | undefined }) {
  const kpi = await found(getKpi(ctx, { kpi: name }));
  const results = await getKpiResults(ctx, { kpi: name });
  const endpoints = [...new Set(results.versions.map((each) => each.endpoint))];
  const shown = endpoint ?? endpoints[0];
  const { definition } = kpi;
  return (
    <Page
      crumbs={[
        { label: "Overview", href: "/overview" },
        { label: "Business", href: "/overview/kpis" },
        { label: name, href: kpiHref(name) },
      ]}
      controls={<OverviewSections current="kpis" />}
    >
      <PageHead
        help="costs-and-reports#kpis"
        title={name}
        context={kpi.archivedAt ? "archived" : `${definition.better} is better`}
        sentence={definition.description}
        actions={
          !kpi.archivedAt && (
            <>
              <ArchiveKpiButton
                kpi={name}
                archive={archiveKpiAction}
                actorName={ctx.actor.name}
                why={denialReason(ctx.actor.role, "archiveKpi")}
              />
              <KpiDialog kpi={kpi} save={saveKpiAction} why={denialReason(ctx.actor.role, "updateKpi")} />
            </>
          )
        }
      />
      <KpiResultsPanel kpi={kpi} results={results} />
      {shown && (
        <KpiReturnPanel
          kpi={kpi}
          endpoints={endpoints}
          endpoint={shown}
          found={await foundOrNot(getKpiReturn(ctx, { kpi: name, endpoint: shown }))}
        />
      )}
      <KpiDaysChart name={name} unit={definition.unit} results={results} />
    </Page>
  );
}
