import type { FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { Context } from "#server/base/context.ts";
import { chosenWorkspace } from "#server/http/workspace-address.ts";
import type { InferenceTokens } from "#server/serve/router/authorize.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Caller of the inference API; set before the body is read. */
    inferenceCaller: Context | null;
  }
  interface FastifyContextConfig {
    /** Serves requests without authentication. */
    isOpen?: boolean;
  }
}

/** Returns the caller of a request that is not open. */
export function callerOf(request: FastifyRequest): Context {
  if (!request.inferenceCaller) throw new Error("The route is public but requires a caller.");
  return request.inferenceCaller;
}

/** Identifies the caller, unless the route is open. Used as a hook. */
export function identify(tokens: InferenceTokens, request: FastifyRequest, done: HookHandlerDoneFunction): void {
  if (request.is404 || request.routeOptions.config.isOpen) {
    done();
    return;
  }
  const { authorization } = request.headers;
  const workspace = chosenWorkspace(request);
  // Nearly all callers are in memory.
  request.inferenceCaller = tokens.knownContext(authorization, request.ip, workspace) ?? null;
  if (request.inferenceCaller) {
    done();
    return;
  }
  tokens.contextOf(authorization, request.ip, workspace).then((context) => {
    request.inferenceCaller = context;
    done();
  }, done);
}
