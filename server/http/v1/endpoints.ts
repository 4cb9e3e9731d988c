import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hourMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { UnblockVersion, VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { unblockVersion } from "#server/release/endpoints/blocks/unblock-version.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { EndpointState } from "#server/respond/endpoint-states/contract.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import * as contract from "#server/serve/endpoints/contract.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import * as inputs from "#server/serve/endpoints/input-contract.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import type { EngineRules } from "#server/serve/engines/contract.ts";
import { EndpointSeries } from "#server/serve/series/contract.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { route } from "./route.ts";

const { Endpoint, Deployment } = contract;
/** The state is beside what gateways serve, which it follows from together with alerts and incidents. */
const described = { state: EndpointState };
const EndpointDetails = contract.EndpointDetails.extend(described);
const EndpointSummary = contract.EndpointSummary.extend(described);
const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint";

/** The name of `previousVersionsLoaded` until the first release; accepted for one version after it. */
const former = {
  versionsKept: contract.CreateEndpoint.shape.previousVersionsLoaded
    .removeDefault()
    .optional()
    .describe("Deprecated: use previousVersionsLoaded."),
};

function withoutFormer<Body extends { versionsKept?: number | undefined }>({ versionsKept, ...body }: Body) {
  return versionsKept === undefined ? body : { ...body, previousVersionsLoaded: versionsKept };
}

/** Endpoints, what serves behind them, and their traffic. */
export function endpoints(app: FastifyInstance, { config }: WebDependencies): void {
  collection(app);
  oneEndpoint(app, config.engines);
  traffic(app);
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    archived: z.stringbool().default(false).describe("Include archived endpoints."),
    after: z.string().optional().describe("Name to continue after: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  });
  const page = z.object({ endpoints: z.array(EndpointSummary), next: z.string().optional() });
  const list = { summary: "List endpoints by name", query, response: page };
  route(app, { method: "GET", path: "/endpoints", ...list }, async ({ ctx, query: { archived, ...rest } }) => {
    const { endpoints, ...page } = await listEndpoints(ctx, { ...rest, withArchived: archived });
    return { endpoints: await withStates(ctx, endpoints), ...page };
  });
  const create = { summary: "Create an endpoint without a deployment", body: contract.CreateEndpoint.extend(former) };
  route(app, { method: "POST", path: "/endpoints", ...create, response: Endpoint, status: 201 }, ({ ctx, body }) =>
    createEndpoint(ctx, withoutFormer(body)),
  );
}

function oneEndpoint(app: FastifyInstance, rules: EngineRules): void {
  const show = { summary: "Get an endpoint", params, response: EndpointDetails };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params }) => {
    const [endpoint] = await withStates(ctx, [await getEndpoint(ctx, { name: params.endpoint })]);
    if (!endpoint) throw new Error("The endpoint has no state.");
    return endpoint;
  });
  const body = inputs.UpdateEndpoint.omit({ endpointId: true }).extend(former);
  const update = { summary: "Update an endpoint's description, logging or execution settings", params, body };
  route(app, { method: "PATCH", path, ...update }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    await updateEndpoint(ctx, { endpointId, ...withoutFormer(body) });
  });
  const query = inputs.ArchiveEndpoint.omit({ endpointId: true });
  const archive = { summary: "Archive an endpoint; its history is kept", params, query };
  route(app, { method: "DELETE", path, ...archive }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    await archiveEndpoint(ctx, { endpointId, ...query });
  });
  const deploy = { summary: "Deploy a version, by number or by alias", params, body: inputs.NewDeployment };
  route(
    app,
    { method: "POST", path: `${path}/deployments`, ...deploy, response: Deployment, status: 201 },
    async ({ ctx, params, body }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return deployVersion(ctx, { endpointId, ...body }, rules);
    },
  );
  blocks(app);
}

function blocks(app: FastifyInstance): void {
  const params = z.object({ endpoint: z.string() });
  const response = z.object({ blocks: z.array(VersionBlock) });
  const list = { summary: "List the versions that are blocked on an endpoint after a rollback", params, response };
  route(app, { method: "GET", path: "/endpoints/:endpoint/blocks", ...list }, async ({ ctx, params }) => ({
    blocks: await listVersionBlocks(ctx, { endpointId: (await findEndpoint(ctx, params.endpoint)).id }),
  }));
  const body = UnblockVersion.omit({ endpointId: true });
  const unblock = { summary: "Unblock a version on an endpoint", params, body };
  route(app, { method: "POST", path: "/endpoints/:endpoint/unblock", ...unblock }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    await unblockVersion(ctx, { endpointId, ...body });
  });
}

function traffic(app: FastifyInstance): void {
  const range = z.object({
    from: Instant.optional().describe("ISO 8601; defaults to one hour before the end."),
    to: Instant.optional().describe("ISO 8601; defaults to now."),
    step: z.coerce.number().int().default(10).describe("Seconds per point, a multiple of 10."),
  });
  const series = { summary: "Get requests, errors and latency by step and version", params, query: range };
  route(
    app,
    { method: "GET", path: `${path}/series`, ...series, response: EndpointSeries },
    async ({ ctx, params, query: { to = new Date(), from = new Date(to.getTime() - hourMs), step } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getEndpointSeries(ctx, { endpointId, from, to, stepSeconds: step });
    },
  );
}
