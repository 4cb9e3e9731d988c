import type { FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by alertmanagerPlugin before the body is read. */
    alertmanagerCaller: Context | null;
  }
}

/** Returns the caller of Alertmanager's API. */
export function callerOf(request: FastifyRequest): Context {
  if (!request.alertmanagerCaller) throw new Error("A route of Alertmanager's was registered outside its plugin.");
  return request.alertmanagerCaller;
}
