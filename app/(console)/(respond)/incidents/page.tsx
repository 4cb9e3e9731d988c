import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DeclareDialog } from "#components/respond/incidents/declare-dialog.tsx";
import { IncidentFilters } from "#components/respond/incidents/incident-filters.tsx";
import { IncidentSections } from "#components/respond/incidents/incident-sections.tsx";
import { IncidentsTable } from "#components/respond/incidents/incidents-table.tsx";
import { ResponseLegend } from "#components/respond/incidents/response-bar.tsx";
import { responseTimes, scaleEnd } from "#components/respond/incidents/response-scale.ts";
import { ResponseTiles } from "#components/respond/incidents/response-tiles.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { dayMs } from "#server/base/durations.ts";
import { CauseKind, IncidentSeverity, type ListedIncident } from "#server/respond/incidents/contract.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import { countPages } from "#server/respond/incidents/response/count-pages.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { declareAction } from "./actions.ts";

export const metadata = { title: "Incidents" };

const days = 30;
const maxOpen = 200;

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
  };
  const to = new Date();
  const from = new Date(to.getTime() - days * dayMs);
  const isPaged = before > 0;
  const hasOpen = show !== "over" && !isPaged;
  const [open, over, metrics, pages] = await Promise.all([
    hasOpen ? listIncidents(ctx, { ...filter, isOpen: true, limit: maxOpen }) : { incidents: [] },
    show === "open"
      ? { incidents: [] }
      : listIncidents(ctx, { ...filter, isOpen: false, ...(isPaged ? { before } : { from }) }),
    responseMetrics(ctx, { from, to, severity: filter.severity, endpointId }),
    countPages(ctx, { from, to, endpointId }),
  ]);
  const isFiltered = Boolean(show ?? filter.severity ?? filter.cause ?? endpointId);
  const now = to.getTime();
  const times = [...open.incidents, ...over.incidents].map((incident) => responseTimes(incident, now));
  const end = scaleEnd(times.filter(({ isOpen }) => !isOpen).map(({ lasted }) => lasted));
  // Numbers count from 1, so there are older ones unless the first is in sight.
  const oldest = over.incidents.at(-1)?.number ?? (isPaged ? before : undefined);
  const hasOlder = show !== "open" && (oldest === undefined ? metrics.incidents === 0 : oldest > 1);
  const older = new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  if (oldest !== undefined) older.set("before", String(oldest));
  return (
    <Page crumbs={[{ label: "Incidents" }]} live>
      <LiveRefresh topics={["incident"]} everyMs={30_000} />
      <PageHead
        help="on-call#incidents"
        title="Incidents"
        context="What went wrong, who was affected, and what was learned"
        sentence={`${describeOpen(open.incidents)} ${metrics.words} Last ${days} days.`}
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
      <ResponseTiles metrics={metrics} pages={pages} />
      <IncidentFilters endpoints={endpoints.map(({ name }) => name)} />
      {open.incidents.length > 0 && (
        <Panel title="Open" subtitle={`${open.incidents.length}`} flush>
          <IncidentsTable label="Open incidents, newest first" incidents={open.incidents} scaleEnd={end} now={now} />
        </Panel>
      )}
      {show !== "open" && (
        <Panel title={isPaged ? "Older incidents" : `Last ${days} days`} subtitle="newest first" flush>
          <IncidentsTable
            label="Ended incidents, newest first"
            incidents={over.incidents}
            scaleEnd={end}
            now={now}
            empty={<NoIncidents isFiltered={isFiltered} hasOthers={open.incidents.length > 0 || hasOlder} />}
          />
        </Panel>
      )}
      {show === "open" && open.incidents.length === 0 && (
        <EmptyState title="No open incidents">Nothing needs action.</EmptyState>
      )}
      <ResponseLegend end={end} />
      {hasOlder && oldest !== undefined && (
        <ButtonLink href={`/incidents?${older}`} variant="default">
          Older incidents
        </ButtonLink>
      )}
    </Page>
  );
}

function NoIncidents({ isFiltered, hasOthers }: { isFiltered: boolean; hasOthers: boolean }) {
  if (isFiltered) return <EmptyState title="No matching incidents">Adjust the filters above.</EmptyState>;
  if (hasOthers) return <EmptyState title={`No incidents in the last ${days} days`}>Older ones are kept.</EmptyState>;
  return (
    <EmptyState title="No incidents yet">
      A page opens one automatically, or you can declare one. Each keeps its timeline, impact and post-mortem.
    </EmptyState>
  );
}

/** Says how many incidents are open, and how many of them nobody has acknowledged. */
function describeOpen(open: readonly ListedIncident[]): string {
  if (open.length === 0) return "None is open.";
  const unacknowledged = open.filter(({ acknowledgedAt }) => acknowledgedAt === null).length;
  const are = open.length === 1 ? "One is open" : `${open.length} are open`;
  return unacknowledged === 0 ? `${are}.` : `${are}, ${unacknowledged} not acknowledged.`;
}
