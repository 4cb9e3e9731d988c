import type { FastifyReply } from "fastify";
import { FeatureError } from "#server/develop/features/feature-error.ts";
import { asDomainError, statusOf } from "#server/http/errors.ts";
import { logBug, type RequestMark } from "#server/http/server.ts";
import { InferenceFailure, statusOfFailure } from "#server/serve/pool/failure.ts";
import { UnsupportedEncoding } from "./compression.ts";

export interface ErrorResponse {
  status: number;
  /** One word for metrics. */
  reason: string;
  message: string;
  headers: Record<string, string>;
  /** Seconds after which the request may be sent again. */
  retryAfterSeconds?: number | undefined;
}

/** Sends an error as bytes: to text Fastify adds a charset, and KServe's client reads the message of the bare type only. */
export function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).headers(errorType).send(errorBody(message));
}

/** Headers of the body of an error. */
export const errorType = { "content-type": "application/json" };

export function errorBody(message: string): Buffer {
  return Buffer.from(JSON.stringify({ error: message }));
}

/** Returns an error as sent: docs/spec/open-inference-protocol.md section 14. Unexpected errors are logged and sent without details. */
export function errorResponseFor(error: unknown, request: RequestMark): ErrorResponse {
  const known = knownErrorResponse(error);
  if (known) return known;
  logBug(error, request);
  return { status: 500, reason: "bug", message: "Internal gateway error; see its log.", headers: {} };
}

/** Returns the same for a request that no caller waits for; undefined for unexpected errors. */
export function knownErrorResponse(error: unknown): ErrorResponse | undefined {
  if (error instanceof InferenceFailure) {
    const status = statusOfFailure[error.reason];
    const headers: Record<string, string> = status === 503 ? { "retry-after": "1" } : {};
    return { status, reason: error.reason, message: error.message, headers };
  }
  // Of what a request is looked up by.
  if (error instanceof FeatureError && error.code === "invalid") {
    return { status: 422, reason: `features_${error.problem}`, message: error.message, headers: {} };
  }
  if (error instanceof UnsupportedEncoding) {
    const headers = { "accept-encoding": "gzip, deflate" };
    return { status: 415, reason: "invalid", message: error.message, headers };
  }
  const known = asDomainError(error);
  if (!known) return undefined;
  const headers: Record<string, string> = {};
  if (known.code === "unauthenticated") headers["www-authenticate"] = 'Bearer realm="leeway"';
  if (known.code === "unavailable" || known.code === "rate-limited") {
    headers["retry-after"] = String(Math.max(1, Math.ceil(known.retryAfterSeconds ?? 1)));
  }
  const { code, message, retryAfterSeconds } = known;
  return { status: statusOf[code], reason: code, message, headers, retryAfterSeconds };
}
