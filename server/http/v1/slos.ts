import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ChangePurpose } from "#server/serve/endpoints/contract.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { checkBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { BudgetGate, CheckBudgetGate } from "#server/watch/slo/budget-gate/contract.ts";
import { archiveSlo } from "#server/watch/slo/objectives/archive-slo.ts";
import {
  ActOnSlo,
  CreateSlo,
  ListSlos,
  Slo,
  SloCounts,
  SloRevision,
  SloSummary,
  UpdateSlo,
} from "#server/watch/slo/objectives/contract.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { countSlos, getSlo, listSloRevisions, listSlos } from "#server/watch/slo/objectives/queries.ts";
import { pauseSlo, resumeSlo } from "#server/watch/slo/objectives/set-pause.ts";
import { updateSlo } from "#server/watch/slo/objectives/update-slo.ts";
import { route } from "./route.ts";

export const sloParams = z.object({ slo: z.string().describe("SLO name or ID.") });
const params = sloParams;
const path = "/slos/:slo";

/** Registers the routes for SLOs, their state, and whether changes are allowed. */
export function slos(app: FastifyInstance): void {
  collection(app);
  const show = {
    summary: "Get an SLO with its rules, budget, components, adjustments and approvals",
    params,
    response: Slo,
  };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getSlo(ctx, params));
  const revisions = z.object({ revisions: z.array(SloRevision) });
  const before = { summary: "List previous revisions of an SLO, newest first", params, response: revisions };
  route(app, { method: "GET", path: `${path}/revisions`, ...before }, ({ ctx, params }) =>
    listSloRevisions(ctx, params),
  );
  const body = UpdateSlo.omit({ sloId: true });
  const change = { summary: "Update an SLO; omitted fields are unchanged", params, body, response: Slo };
  route(app, { method: "PATCH", path, ...change }, async ({ ctx, params, body }) => {
    const { id: sloId } = await getSlo(ctx, params);
    return updateSlo(ctx, { sloId, ...body });
  });
  acts(app);
  gate(app);
}

function collection(app: FastifyInstance): void {
  const { band, kind, search } = ListSlos.shape;
  const query = z.object({
    endpoint: z.string().optional().describe("Only this endpoint name."),
    team: z.uuid().optional().describe("Only SLOs owned by this team."),
    band,
    kind,
    search,
    archived: z.stringbool().default(false).describe("Only archived SLOs."),
  });
  const response = z.object({ slos: z.array(SloSummary) });
  const list = { summary: "List SLOs, least error budget left first", query, response };
  route(
    app,
    { method: "GET", path: "/slos", ...list },
    async ({ ctx, query: { endpoint, team, archived, ...rest } }) => {
      const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
      return listSlos(ctx, { ...rest, endpointId, teamId: team, isArchived: archived });
    },
  );
  const counts = { summary: "Count SLOs by budget status, and firing ones", response: SloCounts };
  route(app, { method: "GET", path: "/slo-counts", ...counts }, ({ ctx }) => countSlos(ctx));
  const create = { summary: "Create an SLO", body: CreateSlo, response: Slo, status: 201 as const, isRepeatable: true };
  route(app, { method: "POST", path: "/slos", ...create }, ({ ctx, body, idempotencyKey }) =>
    createSlo(ctx, body, idempotencyKey),
  );
}

function acts(app: FastifyInstance): void {
  const body = ActOnSlo.omit({ sloId: true });
  const archive = { summary: "Archive an SLO; its revisions and counts are kept", params, body };
  route(app, { method: "POST", path: `${path}/archival`, ...archive }, async ({ ctx, params, body }) => {
    const { id: sloId } = await getSlo(ctx, params);
    await archiveSlo(ctx, { sloId, ...body });
  });
  const pause = {
    summary: "Pause notifications of an SLO; its budget still gates changes",
    params,
    body,
    response: Slo,
  };
  route(app, { method: "POST", path: `${path}/pause`, ...pause }, async ({ ctx, params, body }) => {
    const { id: sloId } = await getSlo(ctx, params);
    return pauseSlo(ctx, { sloId, ...body });
  });
  const resume = { summary: "Resume notifications of an SLO", params, body, response: Slo };
  route(app, { method: "POST", path: `${path}/resumption`, ...resume }, async ({ ctx, params, body }) => {
    const { id: sloId } = await getSlo(ctx, params);
    return resumeSlo(ctx, { sloId, ...body });
  });
}

function gate(app: FastifyInstance): void {
  const request = {
    summary: "Check whether the error budget allows a change to an endpoint",
    params: z.object({ endpoint: z.string() }),
    query: z.object({
      kind: CheckBudgetGate.shape.change.shape.kind.default("rollout"),
      purpose: ChangePurpose.default("change"),
    }),
    response: BudgetGate,
  };
  route(
    app,
    { method: "GET", path: "/endpoints/:endpoint/budget-gate", ...request },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return checkBudgetGate(ctx, { endpointId, change: query });
    },
  );
}
