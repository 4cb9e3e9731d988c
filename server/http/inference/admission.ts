import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { callerOf } from "./caller.ts";
import { errorResponseFor } from "./errors.ts";
import type { ModelAddress } from "./model-routes.ts";
import { requestIdOf } from "./request-id.ts";
import type { InferCall } from "./run-inference.ts";

/** A hook that lets inference requests in by the limits of their endpoint, before their bodies are read. */
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
 * Counts a request that came too fast or with too much. It is not kept in the prediction log: a client that floods must not
 * fill it. @returns why it is refused
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

/** Length of the body as the client says; undefined when it comes in chunks. */
function bytesOf(request: FastifyRequest): number | undefined {
  const length = request.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
