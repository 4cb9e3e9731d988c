import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { GatewayCore } from "#server/serving/router/gateway-core.ts";
import { callerOf } from "./caller.ts";
import { answerFor } from "./errors.ts";
import type { ModelAddress } from "./model-routes.ts";
import { requestIdOf } from "./request-id.ts";

/**
 * A hook that lets inference requests in by the limits of their endpoint, before their bodies are read. One that is refused is
 * counted, but not kept in the prediction log: a client that floods must not fill it.
 */
export function admission(core: GatewayCore) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const { model, version } = request.params as ModelAddress;
    try {
      const release = core.admit(callerOf(request), model, version, bytesOf(request));
      if (release) reply.raw.once("close", release);
    } catch (error) {
      refuse(core, request, error as Error).then(done, done);
      return;
    }
    done();
  };
}

/** Counts a request that came too fast or with too much. @returns why it is refused */
async function refuse(core: GatewayCore, request: FastifyRequest, error: Error): Promise<Error> {
  const { status, reason, message } = answerFor(error, request);
  if (status !== 413 && status !== 429) return error;
  const { model, version } = request.params as ModelAddress;
  const attempt = core.begin(callerOf(request), model, version, requestIdOf(request));
  await attempt.settle({ status, reason, error: message, isCountedOnly: true });
  return error;
}

/** Length of the body as the client says; undefined when it comes in chunks. */
function bytesOf(request: FastifyRequest): number | undefined {
  const length = request.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
