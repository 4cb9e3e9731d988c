import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { InferRequest } from "#server/serving/protocol/infer-request.ts";
import type { Outcome } from "#server/serving/router/attempt-parts.ts";
import type { GatewayCore } from "#server/serving/router/gateway-core.ts";
import type { RunningRequest } from "#server/serving/router/running-request.ts";
import { readBody, writeAnswer } from "#server/serving/router/write-answer.ts";
import { traceparentOf } from "#server/serving/tracing/trace-context.ts";
import type { Arrival } from "#server/serving/tracing/tracing.ts";
import { admission } from "./admission.ts";
import { cacheHeaders, cacheWish } from "./cache-control.ts";
import { callerOf } from "./caller.ts";
import { answerFor } from "./errors.ts";
import { type ModelAddress, modelPaths } from "./model-routes.ts";
import { only } from "./only.ts";
import { requestIdOf } from "./request-id.ts";

const succeeded: Outcome = { status: 200, reason: "" };
export const jsonLengthHeader = "inference-header-content-length";

/** Inference: section 6 of the contract. Latency is counted from here, when the body has been read. */
export function inferRoutes(app: FastifyInstance, core: GatewayCore): void {
  for (const path of modelPaths) {
    only(app, { method: "POST", url: `${path}/infer`, onRequest: admission(core) }, async (request, reply) => {
      const { model, version } = request.params as ModelAddress;
      const attempt = core.begin(callerOf(request), model, version, requestIdOf(request), arrivalOf(request, reply));
      let body: string | Buffer;
      try {
        body = await answer(attempt, model, request, reply);
      } catch (error) {
        const { status, reason, message } = answerFor(error, request);
        describeOn(reply, attempt);
        await attempt.settle({ status, reason, error: message });
        throw error;
      }
      await attempt.settle(succeeded);
      return body;
    });
  }
}

/** Runs the request. @returns the body of the answer; its headers are set. */
async function answer(
  attempt: RunningRequest,
  model: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string | Buffer> {
  const infer = read(request, attempt);
  const ran = await attempt.run(infer, () => reply.raw.destroyed, cacheWish(request));
  const { body, jsonLength } = writeAnswer(attempt, model, infer, ran);
  describeOn(reply, attempt);
  if (jsonLength !== undefined) reply.header(jsonLengthHeader, String(jsonLength));
  reply.header("content-type", jsonLength === undefined ? "application/json" : "application/octet-stream");
  return body;
}

function read(request: FastifyRequest, attempt: RunningRequest): InferRequest {
  const header = request.headers[jsonLengthHeader];
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  attempt.checkBody(body.length);
  return readBody(attempt, body, Array.isArray(header) ? header[0] : header);
}

function arrivalOf({ headers, routeOptions }: FastifyRequest, { elapsedTime: elapsedMs }: FastifyReply): Arrival {
  return { headers, elapsedMs, route: routeOptions.url ?? "" };
}

function describeOn(reply: FastifyReply, attempt: RunningRequest): void {
  reply.headers({
    "leeway-request-id": encodeURIComponent(attempt.requestId),
    "leeway-model-version": attempt.modelVersion,
    "leeway-provider": attempt.provider,
    ...cacheHeaders(attempt),
    ...(attempt.trace && { traceresponse: traceparentOf(attempt.trace.context) }),
    ...(attempt.cascade?.path && { "leeway-cascade": encodeURI(attempt.cascade.path) }),
    ...(attempt.timing && { "server-timing": attempt.timing }),
    ...(attempt.flags && { "leeway-input-flags": encodeURI(attempt.flags) }),
  });
}
