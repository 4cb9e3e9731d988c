import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { archiveKpi } from "#server/report/kpis/archive-kpi.ts";
import * as contract from "#server/report/kpis/contract.ts";
import { createKpi } from "#server/report/kpis/create-kpi.ts";
import { getKpi, listKpis } from "#server/report/kpis/queries.ts";
import { recordKpiEvents } from "#server/report/kpis/record-kpi-events.ts";
import { getKpiResults } from "#server/report/kpis/result-queries.ts";
import { GetKpiReturn, KpiReturn } from "#server/report/kpis/returns/contract.ts";
import { getKpiReturn } from "#server/report/kpis/returns/queries.ts";
import { updateKpi } from "#server/report/kpis/update-kpi.ts";
import { route } from "./route.ts";

const { Kpi, CreateKpi, KpiResults, RecordedKpiEvents } = contract;
const params = z.object({ kpi: z.string() });
const path = "/kpis/:kpi";

/** Registers the routes for KPIs: definitions, events that followed predictions, and comparisons of versions. */
export function kpis(app: FastifyInstance): void {
  const list = { summary: "List KPIs", response: z.object({ kpis: z.array(Kpi) }) };
  route(app, { method: "GET", path: "/kpis", ...list }, async ({ ctx }) => ({ kpis: await listKpis(ctx) }));
  const create = { summary: "Create a KPI", body: CreateKpi, response: Kpi };
  route(app, { method: "POST", path: "/kpis", ...create, status: 201 }, ({ ctx, body }) => createKpi(ctx, body));
  route(app, { method: "GET", path, summary: "Get a KPI", params, response: Kpi }, ({ ctx, params }) =>
    getKpi(ctx, params),
  );
  const update = { summary: "Update a KPI", params, body: contract.UpdateKpi.pick({ definition: true }) };
  route(app, { method: "PATCH", path, ...update, response: Kpi }, ({ ctx, params, body }) =>
    updateKpi(ctx, { ...params, ...body }),
  );
  const archive = { summary: "Archive a KPI", params, query: contract.ArchiveKpi.pick({ reason: true }) };
  route(app, { method: "DELETE", path, ...archive }, ({ ctx, params, query }) =>
    archiveKpi(ctx, { ...params, ...query }),
  );
  events(app);
}

function events(app: FastifyInstance): void {
  const record = {
    summary: "Post KPI events by request or unit; late, early and repeated posts are allowed",
    params,
    body: contract.RecordKpiEvents.omit({ kpi: true }),
    response: RecordedKpiEvents,
  };
  route(app, { method: "POST", path: `${path}/events`, ...record }, ({ ctx, params, body }) =>
    recordKpiEvents(ctx, { ...params, ...body }),
  );
  const results = { summary: "Compare KPI results by version and arm", params, response: KpiResults };
  const query = contract.GetKpiResults.omit({ kpi: true });
  route(app, { method: "GET", path: `${path}/results`, ...results, query }, ({ ctx, params, query }) =>
    getKpiResults(ctx, { ...params, ...query }),
  );
  const returned = { summary: "Get the before/after impact of a deployment", params };
  const schemas = { query: GetKpiReturn.omit({ kpi: true }), response: KpiReturn };
  route(app, { method: "GET", path: `${path}/return`, ...returned, ...schemas }, ({ ctx, params, query }) =>
    getKpiReturn(ctx, { ...params, ...query }),
  );
}
