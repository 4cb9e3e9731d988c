import type { FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Caller of the MLflow API; set before the body is read. */
    mlflowCaller?: Context;
  }
}

/** Returns the caller's context. */
export function callerOf(request: FastifyRequest): Context {
  if (!request.mlflowCaller) throw new Error("An MLflow route was registered outside mlflowPlugin.");
  return request.mlflowCaller;
}
