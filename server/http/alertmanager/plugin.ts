import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { asDomainError, statusOf } from "#server/http/errors.ts";
import { readJsonBodies } from "#server/http/json-bodies.ts";
import { logBug, type WebDependencies } from "#server/http/server.ts";
import { alertRoutes } from "./alerts.ts";
import { silenceRoutes } from "./silences.ts";
import { statusRoutes } from "./status.ts";

/** Prefixes below which amtool and Prometheus find the API, depending on the URL with which they are configured. */
const prefixes = ["", "/alertmanager"];

/**
 * Registers Alertmanager's API, version 2, for its unmodified clients: Prometheus, amtool, Grafana, karma (docs/spec/alerting.md
 * sections 2, 3 and 7). They authenticate with an API token, as a bearer token or as the password of basic authorization, and act in
 * the token's workspace. Errors are JSON strings. Registered without a prefix.
 */
export async function alertmanagerPlugin(app: FastifyInstance, deps: WebDependencies): Promise<void> {
  for (const prefix of prefixes) {
    for (const path of ["/-/ready", "/-/healthy"]) {
      app.get(`${prefix}${path}`, async (_request, reply) => reply.type("text/plain; charset=utf-8").send("OK"));
    }
    await app.register((scope) => version2(scope, deps), { prefix: `${prefix}/api/v2` });
  }
}

async function version2(app: FastifyInstance, deps: WebDependencies): Promise<void> {
  app.decorateRequest("alertmanagerCaller", null);
  readJsonBodies(app);
  app.addHook("onRequest", async (request) => {
    request.alertmanagerCaller = await deps.authenticate(request);
  });
  app.setErrorHandler((error, request, reply) => {
    const known = asDomainError(error);
    if (!known) logBug(error, request);
    if (known?.code === "unauthenticated") reply.header("www-authenticate", 'Bearer, Basic realm="Leeway"');
    if (known?.retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(known.retryAfterSeconds));
    const words = known?.message ?? "Internal error; see the server log.";
    // amtool shows the message only for this error.
    const code = known?.code === "conflict" ? "invalid" : known?.code;
    return reply
      .code(code ? statusOf[code] : 500)
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(words));
  });
  alertRoutes(app, deps);
  silenceRoutes(app);
  statusRoutes(app);
  app.all("/*", async () => {
    throw new DomainError("not-found", "Alertmanager's API has no such operation.");
  });
}
