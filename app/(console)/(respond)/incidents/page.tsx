import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DeclareDialog } from "#components/respond/incidents/declare-dialog.tsx";
import { IncidentFilters } from "#components/respond/incidents/incident-filters.tsx";
import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { IncidentsTable } from "#components/respond/incidents/incidents-table.tsx";
import { ResponseTiles } from "#components/respond/incidents/response-tiles.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { dayMs } from "#server/base/durations.ts";
import { CauseKind, IncidentSeverity } from "#server/respond/incidents/contract.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { declareAction } from "./actions.ts";

export const metadata = { title: "Incidents" };

const days = 30;

export default async function IncidentsPage({ searchParams }: PageProps<"/incidents">) {
  const ctx = await requireContext();
  const query = await searchParams;
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : undefined);
  const [{ endpoints }, runbooks] = await Promise.all([listEndpoints(ctx), listRunbooks(ctx)]);
  const show = text("show");
  const before = Number(text("before"));
  const endpointId = endpoints.find(({ name }) => name === text("endpoint"))?.id;
  const filter = {
    ...(show === "open" || show === "over" ? { isOpen: show === "open" } : {}),
    severity: IncidentSeverity.safeParse(text("severity")).data,
    cause: CauseKind.safeParse(text("cause")).data,
    endpointId,
    ...(before > 0 && { before }),
  };
  const to = new Date();
  const [{ incidents, next }, metrics] = await Promise.all([
    listIncidents(ctx, filter),
    responseMetrics(ctx, { from: new Date(to.getTime() - days * dayMs), to, severity: filter.severity, endpointId }),
  ]);
  const isFiltered = Boolean(show ?? filter.severity ?? filter.cause ?? endpointId);
  const older = new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  older.set("before", String(next));
  return (
    <Page crumbs={[{ label: "Incidents" }]} live>
      <LiveRefresh topics={["incident"]} everyMs={30_000} />
      <PageHead
        help="on-call#incidents"
        title="Incidents"
        context="What went wrong, who was affected, and what was learned"
        sentence={`${metrics.words} Last ${days} days.`}
        actions={
          <DeclareDialog
            endpoints={endpoints.map(({ id, name }) => ({ id, name }))}
            runbooks={runbooks.map(({ id, name }) => ({ id, name }))}
            declare={declareAction}
            why={denialReason(ctx.actor.role, "declareIncident")}
          />
        }
      />
      <IncidentSections current="incidents" />
      <ResponseTiles metrics={metrics} />
      <IncidentFilters endpoints={endpoints.map(({ name }) => name)} />
      <Panel title="Incidents" subtitle="newest first" flush>
        <IncidentsTable
          incidents={incidents}
          empty={
            isFiltered ? (
              <EmptyState title="No matching incidents">Adjust the filters above.</EmptyState>
            ) : (
              <EmptyState title="No incidents yet">
                A page opens one automatically, or you can declare one. Each keeps its timeline, impact and post-mortem.
              </EmptyState>
            )
          }
        />
      </Panel>
      {next !== undefined && (
        <ButtonLink href={`/incidents?${older}`} variant="default">
          Older incidents
        </ButtonLink>
      )}
    </Page>
  );
}
