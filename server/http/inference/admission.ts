import type { FastifyReply, FastifyRequest } from "fastify";
import type { GatewayCore } from "#server/serving/router/gateway-core.ts";
import { callerOf } from "./caller.ts";
import { answerFor } from "./errors.ts";
import type { ModelAddress } from "./model-routes.ts";
import { requestIdOf } from "./request-id.ts";

/**
 * A hook that lets inference requests in by the limits of their endpoint, before their bodies are read. One that is refused is
 * counted, but not kept in the prediction log: a client that floods must not fill it.
 */
export function admission(core: GatewayCore): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const caller = callerOf(request);
    const { model, version } = request.params as ModelAddress;
    try {
      const release = core.admit(caller, model, version, bytesOf(request));
      reply.raw.once("close", release);
    } catch (error) {
      const { status, reason, message } = answerFor(error, request);
      if (status === 413 || status === 429) {
        const attempt = core.begin(caller, model, version, requestIdOf(request));
        attempt.settle({ status, reason, error: message, isCountedOnly: true });
      }
      throw error;
    }
  };
}

/** Length of the body as the client says; undefined when it comes in chunks. */
function bytesOf(request: FastifyRequest): number | undefined {
  const length = request.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
