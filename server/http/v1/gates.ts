import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { CompareVersions, VersionComparison } from "#server/develop/registry/compare/contract.ts";
import { compareVersions } from "#server/develop/registry/compare/queries.ts";
import { Checklist, GateKey, GateRun, RolloutChecklist, WaiveGate } from "#server/develop/registry/gates/contract.ts";
import { requestGateCheck } from "#server/develop/registry/gates/request-gate-check.ts";
import { MetadataItem } from "#server/develop/registry/policy/contract.ts";
import { getMetadata } from "#server/develop/registry/policy/metadata-queries.ts";
import { getChecklist, listGateRuns } from "#server/release/gates/queries.ts";
import { rolloutChecklist } from "#server/release/gates/rollout-checklist.ts";
import { waiveGate } from "#server/release/gates/waive-gate.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

const VersionPath = z.object({ model: z.string(), version: z.coerce.number().int().min(1) });
const keyOf = ({ model, version }: z.infer<typeof VersionPath>) => ({ name: model, version });
const path = "/models/:model/versions/:version";
const params = VersionPath;

/** Registers the routes for versions' state against their model's checklist, and for differences between two versions. */
export function gates(app: FastifyInstance): void {
  reading(app);
  const check = {
    summary: "Run the gates of a version against the version the alias points to",
    params,
    body: GateKey.pick({ alias: true }),
    status: 202 as const,
  };
  route(app, { method: "POST", path: `${path}/gate-check`, ...check }, ({ ctx, params, body }) =>
    requestGateCheck(ctx, { ...keyOf(params), ...body }),
  );
  const waiver = {
    summary: "Waive a failed gate until a date, with a reason",
    params,
    body: WaiveGate.pick({ alias: true, gate: true, reason: true }).extend({
      until: Instant.describe("ISO 8601, at most a year ahead: 2026-06-01T00:00:00Z."),
    }),
  };
  route(app, { method: "POST", path: `${path}/waivers`, ...waiver }, ({ ctx, params, body }) =>
    waiveGate(ctx, { ...keyOf(params), ...body }),
  );
}

function reading(app: FastifyInstance): void {
  const checklist = {
    summary: "Get the gates of a version with their latest evidence and waivers",
    params,
    query: z.object({
      alias: z.string().optional().describe("Alias to compare with; defaults to the first protected one."),
    }),
    response: Checklist,
  };
  route(app, { method: "GET", path: `${path}/checklist`, ...checklist }, ({ ctx, params, query }) =>
    getChecklist(ctx, { ...keyOf(params), ...query }),
  );
  const beforeRollout = {
    summary: "Get the rollout checklist of a version for an endpoint: gates and policy violations",
    params: z.object({ endpoint: z.string() }),
    query: z.object({
      version: z.coerce.number().int().min(1),
      model: z.string().optional().describe("Defaults to the model of the deployed version."),
    }),
    response: RolloutChecklist,
  };
  route(
    app,
    { method: "GET", path: "/endpoints/:endpoint/rollout-checklist", ...beforeRollout },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return rolloutChecklist(ctx, { endpointId, ...query });
    },
  );
  const runs = {
    summary: "List gate runs of a version, newest first, at most 200",
    params,
    response: z.object({ gateRuns: z.array(GateRun) }),
  };
  route(app, { method: "GET", path: `${path}/gate-runs`, ...runs }, async ({ ctx, params }) => ({
    gateRuns: await listGateRuns(ctx, keyOf(params)),
  }));
  const metadata = {
    summary: "List required metadata of a version and how to add missing items",
    params,
    response: z.object({ items: z.array(MetadataItem), isComplete: z.boolean() }),
  };
  route(app, { method: "GET", path: `${path}/required-metadata`, ...metadata }, async ({ ctx, params }) => {
    const items = await getMetadata(ctx, keyOf(params));
    return { items, isComplete: items.every(({ isPresent }) => isPresent) };
  });
  const Version = z.coerce.number().int().min(1);
  const compare = {
    summary: "Compare two versions: signature, operators, parameters, size, metadata, metrics and params",
    params: z.object({ model: z.string() }),
    query: CompareVersions.pick({ a: true, b: true }).extend({ a: Version, b: Version }),
    response: VersionComparison,
  };
  route(app, { method: "GET", path: "/models/:model/comparison", ...compare }, ({ ctx, params, query }) =>
    compareVersions(ctx, { name: params.model, ...query }),
  );
}
