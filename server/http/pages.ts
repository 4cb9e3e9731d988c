import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import next from "next";
import type { Config } from "#server/admin/settings/config.ts";
import type { Check } from "./health.ts";
import { newNonce, pagePolicy } from "./response-headers.ts";
import { hijack } from "./server.ts";

/** Request header from which the root layout reads the nonce of its response. */
const nonceHeader = "x-leeway-nonce";
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
      prepareForConsole(request, reply, config);
      await handle(request.raw, reply.raw);
    });
    scope.addHook("onClose", () => console.close());
  });
  return () => prepared;
}

/**
 * Sets the request headers that the pages trust, in place of those that the client sent, and lets Next respond. Next adds the nonce of the
 * policy to its scripts, and the root layout passes it to the components. Files that the build made may be cached; no page runs from them.
 */
export function prepareForConsole(
  request: FastifyRequest,
  reply: FastifyReply,
  { trustProxy, isDevelopment }: Pick<Config, "trustProxy" | "isDevelopment">,
): void {
  const { headers } = request.raw;
  headers["x-forwarded-for"] = request.ip;
  headers["x-leeway-path"] = request.url;
  if (trustProxy === false) for (const name of proxyHeaders) delete headers[name];
  const nonce = newNonce();
  const policy = pagePolicy(nonce, isDevelopment);
  headers["content-security-policy"] = policy;
  headers[nonceHeader] = nonce;
  hijack(reply, request.url.startsWith("/_next/") ? {} : { "content-security-policy": policy });
}
