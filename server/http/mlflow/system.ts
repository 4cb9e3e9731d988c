import type { FastifyInstance } from "fastify";

/**
 * Version of MLflow whose protocol is implemented. Its client parses it as a version number to choose how to send traces, so it must
 * contain nothing else.
 */
const protocolVersion = "3.11.1";

/** Serves the requests that the client sends before it signs in. */
export function serveSystem(app: FastifyInstance): void {
  app.get("/health", async (_, reply) => reply.type("text/html").send("OK"));
  app.get("/version", async (_, reply) => reply.type("text/plain").send(protocolVersion));
  for (const prefix of ["/api", "/ajax-api"]) {
    // The client requests this before it sends X-MLFLOW-WORKSPACE; a token grants access to its own workspace only, a user can choose
    // any of theirs.
    app.get(`${prefix}/3.0/mlflow/server-info`, async () => ({ store_type: "SqlStore", workspaces_enabled: true }));
  }
}
