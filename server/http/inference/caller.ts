import type { FastifyRequest } from "fastify";
import type { Context } from "#server/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks for inference; set before the body is read. */
    inferenceCaller: Context | null;
  }
  interface FastifyContextConfig {
    /** Answers without asking who calls. */
    isOpen?: boolean;
  }
}

/** The caller of a request that is not open. */
export function callerOf(request: FastifyRequest): Context {
  if (!request.inferenceCaller) throw new Error("The route is open, but asks who calls.");
  return request.inferenceCaller;
}
