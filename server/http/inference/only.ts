import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import { refuse } from "./errors.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

interface Address {
  method: "GET" | "POST";
  url: string;
  /** Serves requests without authentication. */
  isOpen?: boolean;
  /** Runs before the body is read. */
  onRequest?: onRequestHookHandler;
}

/** Registers an address with one method; every other method gets 405 with Allow, where Fastify would respond 404. */
export function only(
  app: FastifyInstance,
  { method, url, isOpen = false, onRequest }: Address,
  handler: (request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  app.route({
    method,
    url,
    config: { isOpen },
    ...(onRequest && { onRequest }),
    handler,
  });
  const allowed = method === "GET" ? ["GET", "HEAD"] : [method];
  app.route({
    method: methods.filter((other) => !allowed.includes(other)),
    url,
    config: { isOpen: true },
    handler: async (_request, reply) =>
      refuse(reply.header("allow", allowed.join(", ")), 405, `Method not allowed; use ${method}.`),
  });
}
