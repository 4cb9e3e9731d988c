import type { IncomingHttpHeaders } from "node:http";
import type { Context } from "#server/base/context.ts";
import type { RequestMark } from "#server/http/server.ts";
import { gameDayHeader } from "#server/serve/faults/contract.ts";
import { lookedUpAgeMs } from "#server/serve/features/by-key/describe-look-up.ts";
import { jsonLengthHeader } from "#server/serve/protocol/binary.ts";
import type { Outcome } from "#server/serve/router/attempt-parts.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { readBody, writeResponse } from "#server/serve/router/infer-bodies.ts";
import type { RunningRequest } from "#server/serve/router/running-request.ts";
import { traceparentOf } from "#server/serve/tracing/trace-context.ts";
import { cacheHeaders, parseCacheControl } from "./cache-control.ts";
import { errorBody, errorResponseFor, errorType } from "./errors.ts";
import { requestIdOf } from "./request-id.ts";

const succeeded: Outcome = { status: 200, reason: "" };

// As Fastify writes it.
const jsonType = "application/json; charset=utf-8";

/** An inference request that has been read, whichever way it arrived. */
export interface InferCall {
  caller: Context;
  model: string;
  /** As in the address; undefined for the version in service. */
  version: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Milliseconds since its head was read. */
  elapsedMs: number;
  mark: RequestMark;
  /** Whether the caller has disconnected. */
  isGone(): boolean;
}

export interface InferResult {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Handles one inference request: docs/spec/open-inference-protocol.md section 6. Latency is counted from here. Never rejects. */
export async function runInference(core: GatewayCore, call: InferCall): Promise<InferResult> {
  const { caller, model, version, headers, elapsedMs, mark } = call;
  let attempt: RunningRequest;
  try {
    const arrival = { headers, elapsedMs, route: mark.routeOptions.url ?? "" };
    attempt = core.startRequest(caller, model, version, requestIdOf(headers), arrival);
  } catch (error) {
    return refusal(error, mark);
  }
  let response: InferResult;
  try {
    response = await run(attempt, call);
  } catch (error) {
    const { status, reason, message, headers: further } = errorResponseFor(error, mark);
    await attempt.settle({ status, reason, error: message });
    return { status, headers: { ...described(attempt), ...further, ...errorType }, body: errorBody(message) };
  }
  await attempt.settle(succeeded);
  return response;
}

/** Builds the response to a request that failed before it was run. */
export function refusal(error: unknown, mark: RequestMark): InferResult {
  const { status, message, headers } = errorResponseFor(error, mark);
  return { status, headers: { ...headers, ...errorType }, body: errorBody(message) };
}

async function run(attempt: RunningRequest, { model, headers, body, isGone }: InferCall): Promise<InferResult> {
  const jsonLength = headers[jsonLengthHeader];
  attempt.checkBody(body.length);
  const infer = readBody(attempt, body, Array.isArray(jsonLength) ? jsonLength[0] : jsonLength);
  const ran = await attempt.run(infer, isGone, parseCacheControl(headers));
  const written = writeResponse(attempt, model, infer, ran);
  const about = described(attempt);
  if (written.jsonLength === undefined) about["content-type"] = jsonType;
  else {
    about[jsonLengthHeader] = String(written.jsonLength);
    about["content-type"] = "application/octet-stream";
  }
  return { status: 200, headers: about, body: written.body };
}

function described(attempt: RunningRequest): Record<string, string> {
  const { trace, cascade, timing, flags, arm, lookedUp, lease } = attempt;
  const headers: Record<string, string> = {
    "leeway-request-id": encodeURIComponent(lease.label),
    "leeway-model-version": attempt.modelVersion,
    "leeway-provider": attempt.provider,
  };
  const featureAgeMs = lookedUp && lookedUpAgeMs(lookedUp);
  if (attempt.mayShare) Object.assign(headers, cacheHeaders(attempt));
  if (trace) headers.traceresponse = traceparentOf(trace.context);
  if (cascade?.path) headers["leeway-cascade"] = encodeURI(cascade.path);
  if (timing) headers["server-timing"] = timing;
  if (featureAgeMs !== undefined) headers["leeway-feature-age-ms"] = String(featureAgeMs);
  if (arm) headers["leeway-arm"] = arm;
  if (lease.gameDay) headers[gameDayHeader] = lease.gameDay.name;
  if (flags) headers["leeway-input-flags"] = encodeURI(flags);
  return headers;
}
