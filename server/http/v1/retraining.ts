import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { approveRetrainingCycle } from "#server/improve/retraining/cycles/approve-retraining-cycle.ts";
import * as cycles from "#server/improve/retraining/cycles/contract.ts";
import { declineRetrainingCycle } from "#server/improve/retraining/cycles/decline-retraining-cycle.ts";
import { endRetrainingCycle } from "#server/improve/retraining/cycles/end-retraining-cycle.ts";
import { getRetrainingCycle, listRetrainingCycles } from "#server/improve/retraining/cycles/queries.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
import { PolicyGains } from "#server/improve/retraining/outcome/contract.ts";
import { getRetrainingGains } from "#server/improve/retraining/outcome/queries.ts";
import * as policies from "#server/improve/retraining/policies/contract.ts";
import { createRetrainingPolicy } from "#server/improve/retraining/policies/create-retraining-policy.ts";
import { deleteRetrainingPolicy } from "#server/improve/retraining/policies/delete-retraining-policy.ts";
import { pauseRetrainingPolicy } from "#server/improve/retraining/policies/pause-retraining-policy.ts";
import {
  getRetrainingPolicy,
  listRetrainingDecisions,
  listRetrainingPolicies,
} from "#server/improve/retraining/policies/queries.ts";
import { resumeRetrainingPolicy } from "#server/improve/retraining/policies/resume-retraining-policy.ts";
import { updateRetrainingPolicy } from "#server/improve/retraining/policies/update-retraining-policy.ts";
import { route } from "./route.ts";

const ofModel = z.object({ model: z.string().max(limits.nameLength) });
const ofCycle = ofModel.extend({
  number: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
const path = "/retraining-policies/:model";
const limitOf = (max: number, byDefault: number) => z.coerce.number().int().min(1).max(max).default(byDefault);

/** Policies by which models are trained again, and the cycles of these. */
export function retraining(app: FastifyInstance): void {
  collection(app);
  onePolicy(app);
  decisions(app);
  cyclesOfPolicy(app);
  oneCycle(app);
}

function collection(app: FastifyInstance): void {
  const list = {
    summary: "List retraining policies by the names of their models",
    query: z.object({ limit: limitOf(500, 100) }),
    response: z.object({ policies: z.array(policies.RetrainingPolicyDetails) }),
  };
  route(app, { method: "GET", path: "/retraining-policies", ...list }, async ({ ctx, query }) => ({
    policies: await listRetrainingPolicies(ctx, query),
  }));
  const create = {
    summary: "Create the retraining policy of a model",
    body: policies.CreateRetrainingPolicy,
    response: policies.RetrainingPolicyDetails,
    status: 201,
  } as const;
  route(app, { method: "POST", path: "/retraining-policies", ...create }, ({ ctx, body }) =>
    createRetrainingPolicy(ctx, body),
  );
}

function onePolicy(app: FastifyInstance): void {
  const one = { params: ofModel, response: policies.RetrainingPolicyDetails };
  const show = { summary: "Get the retraining policy of a model", ...one };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getRetrainingPolicy(ctx, params.model));
  const update = {
    summary: "Update the retraining policy of a model",
    body: policies.UpdateRetrainingPolicy.omit({ model: true }),
    ...one,
  };
  route(app, { method: "PATCH", path, ...update }, ({ ctx, params, body }) =>
    updateRetrainingPolicy(ctx, { ...body, ...params }),
  );
  const remove = { summary: "Delete the retraining policy of a model with its cycles", params: ofModel };
  route(app, { method: "DELETE", path, ...remove }, ({ ctx, params }) => deleteRetrainingPolicy(ctx, params.model));
  const pause = {
    summary: "Pause a retraining policy: it starts no cycle automatically",
    body: policies.PauseRetrainingPolicy.omit({ model: true }),
    ...one,
  };
  route(app, { method: "POST", path: `${path}/pause`, ...pause }, ({ ctx, params, body }) =>
    pauseRetrainingPolicy(ctx, { ...body, ...params }),
  );
  const resume = { summary: "Resume a retraining policy", ...one };
  route(app, { method: "POST", path: `${path}/resume`, ...resume }, ({ ctx, params }) =>
    resumeRetrainingPolicy(ctx, params.model),
  );
}

function decisions(app: FastifyInstance): void {
  const list = {
    summary: "List the decisions of a retraining policy, newest first",
    params: ofModel,
    query: z.object({ limit: limitOf(200, 50) }),
    response: z.object({ decisions: z.array(policies.RetrainingDecision) }),
  };
  route(app, { method: "GET", path: `${path}/decisions`, ...list }, async ({ ctx, params, query }) => ({
    decisions: await listRetrainingDecisions(ctx, { ...query, ...params }),
  }));
  const gains = {
    summary: "Get the gains and costs of the completed cycles of a retraining policy",
    params: ofModel,
    response: PolicyGains,
  };
  route(app, { method: "GET", path: `${path}/gains`, ...gains }, ({ ctx, params }) =>
    getRetrainingGains(ctx, params.model),
  );
}

function cyclesOfPolicy(app: FastifyInstance): void {
  const list = {
    summary: "List the cycles of a retraining policy, newest first",
    params: ofModel,
    query: z.object({
      before: ofCycle.shape.number.optional().describe("Cursor: the smallest number of the previous page."),
      limit: limitOf(200, 50),
    }),
    response: z.object({ cycles: z.array(cycles.RetrainingCycle) }),
  };
  route(app, { method: "GET", path: `${path}/cycles`, ...list }, async ({ ctx, params, query }) => ({
    cycles: await listRetrainingCycles(ctx, { ...query, ...params }),
  }));
  const request = {
    summary: "Start a retraining cycle now, regardless of holds",
    params: ofModel,
    body: cycles.RequestRetraining.omit({ model: true }),
    response: cycles.RequestedRetraining,
    status: 201,
  } as const;
  route(app, { method: "POST", path: `${path}/cycles`, ...request }, ({ ctx, params, body }) =>
    requestRetraining(ctx, { ...body, ...params }),
  );
}

function oneCycle(app: FastifyInstance): void {
  const one = { params: ofCycle, response: cycles.RetrainingCycleDetails };
  const ofThis = `${path}/cycles/:number`;
  const show = { summary: "Get a retraining cycle with its steps and results", ...one };
  route(app, { method: "GET", path: ofThis, ...show }, ({ ctx, params }) => getRetrainingCycle(ctx, params));
  const body = cycles.ActOnCycle.pick({ reason: true });
  const end = { summary: "Stop a retraining cycle and its running work", body, ...one };
  route(app, { method: "POST", path: `${ofThis}/end`, ...end }, ({ ctx, params, body }) =>
    endRetrainingCycle(ctx, { ...body, ...params }),
  );
  const approve = { summary: "Approve the candidate of a retraining cycle", body, ...one };
  route(app, { method: "POST", path: `${ofThis}/approve`, ...approve }, ({ ctx, params, body }) =>
    approveRetrainingCycle(ctx, { ...body, ...params }),
  );
  const decline = { summary: "Decline the candidate of a retraining cycle", body, ...one };
  route(app, { method: "POST", path: `${ofThis}/decline`, ...decline }, ({ ctx, params, body }) =>
    declineRetrainingCycle(ctx, { ...body, ...params }),
  );
}
