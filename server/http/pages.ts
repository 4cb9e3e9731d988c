import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import next from "next";
import type { Config } from "#server/admin/settings/config.ts";
import type { Check } from "./health.ts";
import { hijack } from "./server.ts";

const proxyHeaders = ["x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"];

/**
 * Serves the console: Next, behind every route that Fastify does not know.
 * A separate plugin, so that no content-type parser consumes bodies that Next reads itself; with one, sign-in fails with 415.
 * @returns a check that reports whether Next is ready.
 */
export async function pages(app: FastifyInstance, config: Config): Promise<Check> {
  const console = next({
    dev: config.isDevelopment,
    dir: fileURLToPath(new URL("../..", import.meta.url)),
    hostname: config.host,
    port: config.port,
  });
  // Fastify listens meanwhile: clients that log data need not wait for pages.
  const prepared = console.prepare();
  prepared.catch(() => {});
  const handle = console.getRequestHandler();
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/*", async (request, reply) => {
      await prepared;
      hijack(reply);
      // The pages trust the values that Fastify determined, not those that the client wrote into these headers.
      request.raw.headers["x-forwarded-for"] = request.ip;
      request.raw.headers["x-leeway-path"] = request.url;
      if (config.trustProxy === false) for (const name of proxyHeaders) delete request.raw.headers[name];
      await handle(request.raw, reply.raw);
    });
    scope.addHook("onClose", () => console.close());
  });
  return () => prepared;
}
