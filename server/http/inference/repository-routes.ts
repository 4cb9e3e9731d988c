import type { FastifyInstance, FastifyRequest } from "fastify";
import { isObject, readJsonObject } from "#server/serve/protocol/json-object.ts";
import { refuse } from "#server/serve/protocol/refuse.ts";
import { addressable } from "#server/serve/router/addressed-version.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import type { LoadedModel } from "#server/serve/router/loaded-versions.ts";
import { callerOf } from "./caller.ts";
import type { ModelAddress } from "./model-routes.ts";
import { only } from "./only.ts";

const states = { ready: "READY", loading: "LOADING", failed: "UNAVAILABLE" } as const;

interface IndexEntry {
  name: string;
  version: string;
  state: "READY" | "LOADING" | "UNAVAILABLE";
  /** Reason why it is not ready. */
  reason: string;
}

/** Lists loaded models, and loads and unloads them: docs/spec/open-inference-protocol.md section 13.4. */
export function repositoryRoutes(app: FastifyInstance, core: GatewayCore): void {
  only(app, { method: "POST", url: "/repository/index" }, (request) => {
    const { ready } = readBody(request);
    if (ready !== undefined && typeof ready !== "boolean") refuse("'ready' must be true or false");
    const entries = indexOf(core, request);
    return ready ? entries.filter(({ state }) => state === "READY") : entries;
  });
  const path = "/repository/models/:model";
  only(app, { method: "POST", url: `${path}/load` }, async (request, reply) => {
    const refused = parametersOf(request).find((name) => name === "config" || name.startsWith("file:"));
    if (refused) refuse(`the parameter ${refused} is not supported: models come from the registry only`);
    await core.repository.load(callerOf(request), (request.params as ModelAddress).model);
    return reply.send("");
  });
  only(app, { method: "POST", url: `${path}/unload` }, async (request, reply) => {
    parametersOf(request);
    await core.repository.unload(callerOf(request), (request.params as ModelAddress).model);
    return reply.send("");
  });
}

function indexOf(core: GatewayCore, request: FastifyRequest): IndexEntry[] {
  const { served, unloaded } = core.endpoints(callerOf(request));
  const loaded = served.flatMap((endpoint) =>
    addressable(endpoint).map((version) => entryOf(endpoint.route.name, version)),
  );
  const left = unloaded.map(({ name, model }) => ({
    name,
    version: String(model.version),
    state: "UNAVAILABLE" as const,
    reason: "unloaded",
  }));
  return [...loaded, ...left].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function entryOf(name: string, { model, state, message }: LoadedModel): IndexEntry {
  const reason = state === "ready" ? "" : (message ?? "is being loaded");
  return { name, version: String(model.version), state: states[state], reason };
}

/** Returns the parameter names of a request to load or unload. */
function parametersOf(request: FastifyRequest): string[] {
  const { parameters = {} } = readBody(request);
  return isObject(parameters) ? Object.keys(parameters) : refuse("'parameters' must be an object");
}

/** Reads the body as a JSON object; {} for an empty body, which tritonclient sends. */
function readBody({ body }: FastifyRequest): Record<string, unknown> {
  return body instanceof Buffer && body.length > 0 ? readJsonObject(body) : {};
}
