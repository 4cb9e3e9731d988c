import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { callerOf } from "./caller.ts";
import { errorResponseFor } from "./errors.ts";
import type { ModelAddress } from "./model-routes.ts";
import { requestIdOf } from "./request-id.ts";
import type { InferCall } from "./run-inference.ts";

/** Returns a hook that admits inference requests by the limits of their endpoint, before their bodies are read. */
export function admission(core: GatewayCore) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const { model, version } = request.params as ModelAddress;
    try {
      const release = core.admit(callerOf(request), model, version, bytesOf(request));
      if (release) reply.raw.once("close", release);
    } catch (error) {
      const call = { caller: callerOf(request), model, version, headers: request.headers, mark: request };
      countRefusal(core, call, error).then((why) => done(why as Error), done);
      return;
    }
    done();
  };
}

/**
 * Counts a request that exceeded a rate or size limit. It is not stored in the prediction log: a flooding client must not
 * fill it. @returns the reason for the rejection
 */
export async function countRefusal(
  core: GatewayCore,
  { caller, model, version, headers, mark }: Omit<InferCall, "body" | "elapsedMs" | "isGone">,
  error: unknown,
): Promise<unknown> {
  const { status, reason, message } = errorResponseFor(error, mark);
  if (status !== 413 && status !== 429) return error;
  const attempt = core.startRequest(caller, model, version, requestIdOf(headers));
  await attempt.settle({ status, reason, error: message, isCountedOnly: true });
  return error;
}

/** Returns the length of the body as declared by the client; undefined when it is sent in chunks. */
function bytesOf(request: FastifyRequest): number | undefined {
  const length = request.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
