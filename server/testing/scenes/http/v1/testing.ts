import Fastify, { type InjectOptions } from "fastify";
import type { Context } from "#server/base/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { v1Plugin } from "../../../../http/v1/plugin.ts";

/**
 * The REST interface, called by the actor of a context.
 * @param deps what the routes of the test need besides, as far as they use it
 * @param bodyLimit bytes of JSON that are taken
 * @returns a function that sends JSON, or a Buffer as a file, and gives the answer: JSON as it is meant, nothing as undefined, a file as a Buffer
 */
export async function clientOf(ctx: Context, deps: object = {}, { bodyLimit = 100_000 } = {}) {
  const app = Fastify({ bodyLimit });
  const rules = { allowsPrivate: true };
  const config = {
    publicUrl: "http://leeway.test",
    maxUploadBytes: 100_000,
    engines: rules,
    notifications: { rules },
  };
  const all = { config, authenticate: async () => ctx, ...deps } as unknown as WebDependencies;
  await app.register((scope) => v1Plugin(scope, all), { prefix: "/api/v1" });
  return async (
    method: InjectOptions["method"] & string,
    path: string,
    payload?: object | Buffer,
    further: Record<string, string> = {},
  ) => {
    const headers = { ...further, ...(Buffer.isBuffer(payload) && { "content-type": "application/octet-stream" }) };
    const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) });
    const isJson = answer.headers["content-type"]?.toString().startsWith("application/json");
    const body = answer.body === "" ? undefined : isJson ? answer.json() : answer.rawPayload;
    return { status: answer.statusCode, headers: answer.headers, body };
  };
}
