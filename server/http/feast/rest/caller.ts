import type { FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Caller of Feast's interface; set before the body is read. */
    feastCaller: Context | null;
  }
}

/**
 * Identifies who sent a request.
 * @param workspace slug that the path names as Feast's project; undefined leaves the choice to the token
 * @throws DomainError "unauthenticated"; "not-found" for a workspace that is not the token's; "unavailable"
 */
export type Authenticate = (request: FastifyRequest, workspace: string | undefined) => Context | Promise<Context>;

/** Returns the caller of a request that is not open. */
export function callerOf({ feastCaller }: FastifyRequest): Context {
  if (!feastCaller) throw new Error("The route is public but requires a caller.");
  return feastCaller;
}
