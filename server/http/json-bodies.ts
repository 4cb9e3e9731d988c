import type { FastifyInstance } from "fastify";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";

/**
 * Parses the JSON bodies of a plugin's routes as Fastify does by default, and rejects deeply nested ones. An empty body is none, as clients send where a
 * route takes nothing: a route that needs one says what is missing.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    if (body === "") {
      done(null, undefined);
      return;
    }
    try {
      rejectDeepJson(body);
    } catch (error) {
      done(error as Error);
      return;
    }
    parse(request, body, done);
  });
}
