import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import type { PermissionName } from "#server/platform/permissions/permissions.ts";
import type { OnlineFeatures } from "#server/serve/features/online-features.ts";
import type { Authenticate } from "./caller.ts";
import { sendFeastError } from "./errors.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the caller needs; checked before the body is read. */
    permission?: PermissionName | undefined;
  }
}

export interface FeastDependencies {
  features: OnlineFeatures;
  authenticate: Authenticate;
}

const methods: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Registers a path with one method. Others get 405 with Allow, where Fastify would respond 404. */
export function feastRoute(
  app: FastifyInstance,
  method: "GET" | "POST",
  url: string,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  { isOpen = false, permission }: { isOpen?: boolean; permission?: PermissionName } = {},
): void {
  app.route({ method, url, config: { isOpen, permission }, handler });
  const allowed: HTTPMethods[] = method === "GET" ? ["GET", "HEAD"] : [method];
  app.route({
    method: methods.filter((other) => !allowed.includes(other)),
    url,
    config: { isOpen: true },
    handler: async (_request, reply) =>
      sendFeastError(
        reply.header("allow", allowed.join(", ")),
        405,
        "FeastError",
        `Method not allowed; use ${method}.`,
      ),
  });
}
