import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import { artifactDownloads } from "./artifact-downloads.ts";
import { artifactMultipart } from "./artifact-multipart.ts";
import { artifactProxy } from "./artifact-proxy.ts";
import { readJsonBodies } from "./body.ts";
import { type Call, idempotencyHeader } from "./call.ts";
import { callerOf } from "./caller.ts";
import { calls } from "./calls.ts";
import { sendError } from "./errors.ts";
import { otlpIntake } from "./otlp-intake.ts";
import { registryDownloads } from "./registry-downloads.ts";
import { serveSystem } from "./system.ts";
import { refuseUnknownPaths } from "./unknown-paths.ts";
import { serveWorkspaces } from "./workspaces.ts";

/** Maximum number of requests waiting for a database connection before further ones are rejected with a retry delay. */
const maxQueued = 200;

/**
 * Registers MLflow's API for its unmodified client: experiments, runs, artifacts, logged models, registry.
 * Its paths are absolute, so it is registered without a prefix.
 */
export async function mlflowPlugin(
  app: FastifyInstance,
  deps: WebDependencies,
  limits?: AdmissionLimits,
): Promise<void> {
  const admission = new Admission(limits);
  await app.register(async (scope) => {
    const served = new Map<string, Set<string>>();
    scope.addHook("onRoute", ({ url, method }) => {
      served.set(url, new Set([...(served.get(url) ?? []), ...[method].flat()]));
    });
    scope.setErrorHandler(sendError);
    serveSystem(scope);
    await scope.register(async (guarded) => {
      guarded.addHook("onRequest", async (request) => {
        refuseWhenFull(deps);
        request.mlflowCaller = await deps.authenticate(request);
      });
      await guarded.register(async (json) => {
        readJsonBodies(json);
        admitWrites(json, admission);
        for (const one of calls) serve(json, one, deps);
        artifactMultipart(json, deps);
      });
      await guarded.register(async (otlp) => {
        admitWrites(otlp, admission);
        otlpIntake(otlp);
      });
      await guarded.register(async (files) => {
        artifactProxy(files, deps);
        artifactDownloads(files, deps);
        registryDownloads(files, deps);
        serveWorkspaces(files);
      });
    });
    refuseUnknownPaths(scope, served);
  });
}

/** A full pool would cause time-outs in the middle of a user's training; 429 makes the client wait and retry. */
function refuseWhenFull({ pool }: WebDependencies): void {
  if (pool.waitingCount > maxQueued) {
    throw new DomainError("rate-limited", "Too many concurrent requests. Try again.", { retryAfterSeconds: 1 });
  }
}

/** Admits writes. Capacity is taken before the body is read, and released when the response has been sent or the connection is closed. */
function admitWrites(app: FastifyInstance, admission: Admission): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.method === "GET" || request.method === "HEAD" || request.routeOptions.url?.endsWith("/search")) return;
    const bytes = Number(request.headers["content-length"] ?? 0);
    const leave = admission.admit(callerOf(request).actor.workspaceId, bytes);
    if (reply.raw.closed) leave();
    else reply.raw.once("close", leave);
  });
}

function serve(app: FastifyInstance, one: Call, deps: WebDependencies): void {
  for (const prefix of one.isForBrowsers ? ["/ajax-api"] : ["/api", "/ajax-api"]) {
    app.route({
      method: one.method,
      url: `${prefix}/${one.version}/mlflow/${one.path}`,
      handler: (request) => one.run(callerOf(request), argumentsOf(request), deps),
    });
  }
}

/** Arguments of the path count more than others of the same name. */
function argumentsOf({ method, query, body, params, headers }: FastifyRequest): Record<string, unknown> {
  const sent = method === "GET" || method === "HEAD" ? query : body;
  const header = { [idempotencyHeader]: headers[idempotencyHeader] };
  return { ...(sent as Record<string, unknown>), ...header, ...(params as Record<string, unknown>) };
}
