import type { FastifyReply } from "fastify";
import type { ErrorCode } from "#server/base/errors.ts";
import { FeatureError, type FeatureProblem } from "#server/develop/features/feature-error.ts";
import { asDomainError } from "#server/http/errors.ts";
import { UnsupportedEncoding } from "#server/http/inference/compression.ts";
import { logBug, type RequestMark } from "#server/http/server.ts";

/** Classes of `feast.errors`. The client imports the module that an error names, so errors name no other one. */
type FeastClass =
  | "FeastError"
  | "FeastPermissionError"
  | "FeastObjectNotFoundException"
  | "FeatureViewNotFoundException"
  | "FeatureServiceNotFoundException"
  | "FeatureNameCollisionError"
  | "SpecifiedFeaturesNotPresentError"
  | "PushSourceNotFoundException";

/**
 * Status and class of each code, docs/spec/features.md section 10.4. Feast's client repeats a request that fails with 5xx or 429, and then hides
 * the message, so mistakes of the caller are never among these.
 */
const wire: Record<ErrorCode, { status: number; name: FeastClass }> = {
  invalid: { status: 422, name: "FeastError" },
  conflict: { status: 422, name: "FeastError" },
  unauthenticated: { status: 401, name: "FeastPermissionError" },
  forbidden: { status: 403, name: "FeastPermissionError" },
  "not-found": { status: 404, name: "FeastObjectNotFoundException" },
  "too-large": { status: 413, name: "FeastError" },
  "rate-limited": { status: 429, name: "FeastError" },
  unavailable: { status: 503, name: "FeastError" },
};

/** Problems that have a class of their own. */
const named: Partial<Record<FeatureProblem, { status: number; name: FeastClass }>> = {
  "view-not-found": { status: 404, name: "FeatureViewNotFoundException" },
  "service-not-found": { status: 404, name: "FeatureServiceNotFoundException" },
  "push-source-not-found": { status: 422, name: "PushSourceNotFoundException" },
  "name-collision": { status: 422, name: "FeatureNameCollisionError" },
  "feature-not-present": { status: 422, name: "SpecifiedFeaturesNotPresentError" },
};

/** Sends any error of a route as Feast's client reads it. An unexpected one is logged, and sent without details. */
export function sendError(error: unknown, request: RequestMark, reply: FastifyReply): FastifyReply {
  if (error instanceof UnsupportedEncoding) return sendFeastError(reply, 415, "FeastError", error.message);
  const known = asDomainError(error);
  if (!known) {
    logBug(error, request);
    return sendFeastError(reply, 500, "FeastError", "Internal error; see the server log.");
  }
  const { status, name } = (known instanceof FeatureError && named[known.problem]) || wire[known.code];
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="leeway"');
  if (status === 429 || status === 503) {
    reply.header("retry-after", String(Math.max(1, Math.ceil(known.retryAfterSeconds ?? 1))));
  }
  return sendFeastError(reply, status, name, known.message);
}

/**
 * Sends an error. Its body is a JSON text that holds JSON: the client decodes it twice and raises the class with the message. With an object
 * in place of the text, it loses the class.
 */
export function sendFeastError(reply: FastifyReply, status: number, name: FeastClass, message: string): FastifyReply {
  const detail = JSON.stringify({ module: "feast.errors", class: name, message });
  // As bytes: to text Fastify adds a charset.
  return reply
    .code(status)
    .header("content-type", "application/json")
    .send(Buffer.from(JSON.stringify(detail)));
}
