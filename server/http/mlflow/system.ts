import type { FastifyInstance } from "fastify";

/**
 * Version of MLflow whose protocol is spoken. Its client parses it as a version number to choose how to send traces, so it says
 * nothing else.
 */
const protocolVersion = "3.11.1";

/** What the client asks before it signs in. */
export function serveSystem(app: FastifyInstance): void {
  app.get("/health", async (_, reply) => reply.type("text/html").send("OK"));
  app.get("/version", async (_, reply) => reply.type("text/plain").send(protocolVersion));
  for (const prefix of ["/api", "/ajax-api"]) {
    // The client asks before it sends X-MLFLOW-WORKSPACE; a token opens its own workspace only, a person any of theirs.
    app.get(`${prefix}/3.0/mlflow/server-info`, async () => ({ store_type: "SqlStore", workspaces_enabled: true }));
  }
}
