import type { FastifyInstance, FastifyReply, HTTPMethods } from "fastify";

const allMethods: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Responds to unknown paths. By whether the body is JSON, MLflow's client distinguishes "this server lacks the call", after which it
 * takes another way, from "this object does not exist"; therefore these bodies are not JSON.
 * @param served methods by path, of every route of the interface.
 */
export function refuseUnknownPaths(app: FastifyInstance, served: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, methods] of served) {
    const method = allMethods.filter((one) => !methods.has(one) && !(one === "HEAD" && methods.has("GET")));
    app.route({ method, url, onRequest: async (_, reply) => page(reply, 405, "Method not allowed"), handler: noop });
  }
  for (const url of ["/api/2.0/*", "/api/3.0/*", "/ajax-api/*"]) {
    app.route({ method: allMethods, url, onRequest: async (_, reply) => page(reply, 404, "Not found"), handler: noop });
  }
}

function noop(): void {}

function page(reply: FastifyReply, status: number, title: string): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").send(`<!doctype html><title>${title}</title><p>${title}`);
}
