import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import type { Context } from "#server/base/context.ts";
import { labelStudioCaller } from "./caller.ts";
import { sendNotAllowed } from "./errors.ts";

type Handler = (ctx: Context, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

interface Operation {
  handler: Handler;
  /** Largest body in bytes, where it is not that of all routes. */
  bodyLimit?: number;
}

const methods: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Registers the operations of a path, with and without a slash at its end. Other methods get 405. */
export function labelStudioRoute(
  app: FastifyInstance,
  path: string,
  operations: Partial<Record<"GET" | "POST" | "PATCH" | "DELETE", Handler | Operation>>,
): void {
  const allowed = Object.keys(operations);
  for (const url of [path, `${path}/`]) {
    for (const [method, operation] of Object.entries(operations)) {
      const { handler, bodyLimit } = typeof operation === "function" ? { handler: operation } : operation;
      app.route({
        method,
        url,
        ...(bodyLimit !== undefined && { bodyLimit }),
        handler: (request, reply) => handler(labelStudioCaller(request), request, reply),
      });
    }
    app.route({
      method: methods.filter((method) => !allowed.includes(method as string) && !(method === "HEAD" && operations.GET)),
      url,
      handler: async (request, reply) => sendNotAllowed(reply, request.method, allowed),
    });
  }
}

/** Responds to a deletion. */
export const sendNothing = (reply: FastifyReply) => reply.code(204).send();
