import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { slugOfProject } from "../project-slug.ts";
import { readBodies } from "./body.ts";
import { sendError, sendFeastError } from "./errors.ts";
import { type FeastDependencies, feastRoute } from "./feast-route.ts";
import { lookUpRoute } from "./look-up-route.ts";
import { materializeRoutes } from "./materialize-routes.ts";
import { writeRoutes } from "./write-routes.ts";

/** With and without the project, which has to be the workspace of the token. */
const prefixes = ["/feast", "/feast/:project"];

/**
 * Serves Feast's HTTP interface to its unmodified client: docs/spec/features.md section 10. Requests carry no project, so the token decides on
 * the workspace. Every response that is not a success is an error as the client decodes it, whatever its source.
 */
export async function feastPlugin(app: FastifyInstance, deps: FeastDependencies): Promise<void> {
  for (const prefix of prefixes) await app.register((scope) => surface(scope, deps), { prefix });
}

async function surface(app: FastifyInstance, deps: FeastDependencies): Promise<void> {
  app.decorateRequest("feastCaller", null);
  readBodies(app);
  app.addHook("onRequest", async (request) => {
    const { isOpen, permission } = request.routeOptions.config;
    if (isOpen) return;
    const { project } = request.params as { project?: string };
    request.feastCaller = await deps.authenticate(request, project === undefined ? undefined : slugOfProject(project));
    if (permission !== undefined) permit(request.feastCaller, permission);
  });
  app.setErrorHandler(sendError);
  health(app, deps);
  lookUpRoute(app, deps);
  writeRoutes(app, deps);
  materializeRoutes(app);
  for (const url of ["/retrieve-online-documents", "/search"]) {
    feastRoute(app, "POST", url, async (_request, reply) =>
      sendFeastError(reply, 501, "FeastError", "Vector search is not supported."),
    );
  }
  app.all("/*", async () => {
    throw new DomainError("not-found", "Feast's interface has no such path.");
  });
}

/** A gateway is healthy while it can answer look-ups, from memory or from Postgres. */
function health(app: FastifyInstance, { features }: FeastDependencies): void {
  const handler = async (_request: FastifyRequest, reply: FastifyReply) => {
    if (await features.canAnswer()) return reply.send();
    throw new DomainError("unavailable", "Postgres is unavailable.", { retryAfterSeconds: 2 });
  };
  feastRoute(app, "GET", "/health", handler, { isOpen: true });
}
