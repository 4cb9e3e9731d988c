import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { approveStep } from "#server/release/rollouts/approve-step.ts";
import { getRolloutCurves } from "#server/release/rollouts/curve-queries.ts";
import { decisionsCsv } from "#server/release/rollouts/decision-csv.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { noteRollout } from "#server/release/rollouts/note-rollout.ts";
import { RolloutOutcomes } from "#server/release/rollouts/outcomes/contract.ts";
import { getRolloutOutcomes } from "#server/release/rollouts/outcomes/outcome-queries.ts";
import { overrideBudget } from "#server/release/rollouts/override-budget.ts";
import { pauseRollout } from "#server/release/rollouts/pause-rollout.ts";
import { getRollout, listRollouts } from "#server/release/rollouts/queries.ts";
import { resumeRollout } from "#server/release/rollouts/resume-rollout.ts";
import { skipStep } from "#server/release/rollouts/skip-step.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { startGuard } from "#server/respond/start-guard/start-guard.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import {
  ActOnRollout,
  Rollout,
  RolloutDecision,
  RolloutSummary,
  StartRollout,
} from "#server/serve/rollout/contract.ts";
import { RolloutPoint } from "#server/serve/rollout/evidence/contract.ts";
import { route } from "./route.ts";

const params = z.object({ rollout: z.uuid() });
const path = "/rollouts/:rollout";

/** Registers the routes for rollouts, how they are evaluated, and the actions of users on them. */
export function rollouts(app: FastifyInstance): void {
  collection(app);
  const show = { summary: "Get a rollout with its current evidence", params, response: Rollout };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getRollout(ctx, { rolloutId: params.rollout }));
  decisions(app);
  const points = z.object({ points: z.array(RolloutPoint) });
  const curves = { summary: "Get the evidence curves of a rollout, at most 600 points", params, response: points };
  route(app, { method: "GET", path: `${path}/curves`, ...curves }, ({ ctx, params }) =>
    getRolloutCurves(ctx, { rolloutId: params.rollout }),
  );
  const outcomes = { summary: "Compare business events of both rollout versions", params };
  route(app, { method: "GET", path: `${path}/outcomes`, ...outcomes, response: RolloutOutcomes }, ({ ctx, params }) =>
    getRolloutOutcomes(ctx, { rolloutId: params.rollout }),
  );
  acts(app);
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    endpoint: z.string().optional().describe("Only this endpoint name."),
    active: z.stringbool().optional().describe("Only active or only finished rollouts."),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().max(100).optional().describe("Cursor: `next` of the previous page."),
  });
  const page = z.object({ rollouts: z.array(RolloutSummary), next: z.string().optional() });
  const list = { summary: "List rollouts, newest first", query, response: page };
  route(app, { method: "GET", path: "/rollouts", ...list }, async ({ ctx, query: { endpoint, ...rest } }) => {
    const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
    return listRollouts(ctx, { ...rest, endpointId });
  });
  const start = {
    summary: "Start a rollout of another version to an endpoint",
    body: StartRollout.omit({ endpointId: true }).extend({
      endpoint: z.string().max(limits.nameLength).describe("Endpoint name."),
    }),
    response: Rollout,
    status: 201 as const,
    isRepeatable: true,
  };
  route(app, { method: "POST", path: "/rollouts", ...start }, async ({ ctx, body, idempotencyKey }) => {
    const { endpoint, ...input } = body;
    const { id: endpointId } = await findEndpoint(ctx, endpoint);
    return startRollout(ctx, { ...input, endpointId }, idempotencyKey, startGuard);
  });
}

function decisions(app: FastifyInstance): void {
  const query = z.object({
    before: z.coerce.number().int().positive().optional().describe("Cursor: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(500).default(200),
  });
  const response = z.object({ decisions: z.array(RolloutDecision), next: z.number().int().optional() });
  const list = { summary: "List rollout decisions, newest first", params, query, response };
  route(app, { method: "GET", path: `${path}/decisions`, ...list }, ({ ctx, params, query }) =>
    listRolloutDecisions(ctx, { rolloutId: params.rollout, ...query }),
  );
  // Does not use route(), which sends JSON.
  const csv = { path: `${path}/decisions.csv`, summary: "Export rollout decisions as CSV", params };
  app.operations.push({ method: "GET", ...csv, status: 200 });
  app.get(csv.path, async (request, reply) => {
    if (!request.caller) throw new Error("The export of decisions was registered outside v1Plugin.");
    const { data } = params.safeParse(request.params);
    if (!data) throw new DomainError("not-found", "Rollout not found. Rollout IDs are UUIDs.");
    const lines = await decisionsCsv(request.caller, data.rollout);
    const name = `attachment; filename="rollout-${data.rollout}.csv"`;
    return reply.type("text/csv; charset=utf-8").header("content-disposition", name).send(lines);
  });
}

/** Actions of users, by the noun of their path. */
const nouns = [
  { noun: "pause", summary: "Pause a rollout; a regression still triggers a rollback", act: pauseRollout },
  { noun: "resumption", summary: "Resume a paused rollout", act: resumeRollout },
  { noun: "approval", summary: "Approve the current step of a rollout", act: approveStep },
  { noun: "skip", summary: "Skip to the next step, or stop monitoring", act: skipStep },
  { noun: "rollback", summary: "Roll back a rollout", act: abortRollout },
  { noun: "notes", summary: "Add a note to the decision log", act: noteRollout },
  { noun: "budget-override", summary: "Override the error budget for a rollout", act: overrideBudget },
] as const;

function acts(app: FastifyInstance): void {
  const body = ActOnRollout.omit({ rolloutId: true });
  for (const { noun, summary, act } of nouns) {
    const one = { summary, params, body, response: Rollout, isRepeatable: true };
    route(app, { method: "POST", path: `${path}/${noun}`, ...one }, ({ ctx, params, body, idempotencyKey }) =>
      act(ctx, { rolloutId: params.rollout, ...body }, idempotencyKey),
    );
  }
}
