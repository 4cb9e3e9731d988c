import type { FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Caller of Label Studio's interface; set before the body is read. */
    labelStudioCaller: Context | null;
  }
}

/** Returns the caller of a request that is not open. */
export function labelStudioCaller({ labelStudioCaller: caller }: FastifyRequest): Context {
  if (!caller) throw new Error("The route is public but requires a caller.");
  return caller;
}
