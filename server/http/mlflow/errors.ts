import type { FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import { asDomainError } from "#server/http/errors.ts";
import { logBug } from "#server/http/server.ts";

interface Wire {
  status: number;
  error_code: string;
}

/** MLflow's status and code for each of ours. Its client retries 408, 429 and 5xx for minutes, so a caller's mistake is none of those. */
const wireOf: Record<ErrorCode, Wire> = {
  invalid: { status: 400, error_code: "INVALID_PARAMETER_VALUE" },
  conflict: { status: 400, error_code: "INVALID_PARAMETER_VALUE" },
  unauthenticated: { status: 401, error_code: "UNAUTHENTICATED" },
  forbidden: { status: 403, error_code: "PERMISSION_DENIED" },
  "not-found": { status: 404, error_code: "RESOURCE_DOES_NOT_EXIST" },
  "too-large": { status: 413, error_code: "INVALID_PARAMETER_VALUE" },
  "rate-limited": { status: 429, error_code: "REQUEST_LIMIT_EXCEEDED" },
  unavailable: { status: 503, error_code: "TEMPORARILY_UNAVAILABLE" },
};

/** An error response that no domain error represents, such as 501. */
export class WireError extends Error {
  readonly wire: Wire;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.wire = { status, error_code: errorCode };
  }
}

/** Rethrows "not-found" as 400 BAD_REQUEST, for the calls in which MLflow responds with that instead of 404. */
export function orBadRequest(error: unknown): never {
  if (error instanceof DomainError && error.code === "not-found")
    throw new WireError(400, "BAD_REQUEST", error.message);
  throw error;
}

/** Responds as MLflow does: `{ error_code, message }`. A bug's response reveals no internal details. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof WireError) return send(reply, error.wire, error.message);
  const known = ofCaller(error);
  if (!known) {
    logBug(error, request);
    return send(reply, { status: 500, error_code: "INTERNAL_ERROR" }, "Internal error; see the server log.");
  }
  if (known.code === "unauthenticated") reply.header("www-authenticate", 'Basic realm="mlflow"');
  if (known.code === "rate-limited" || known.code === "unavailable") {
    reply.header("retry-after", Math.ceil(known.retryAfterSeconds ?? 1));
  }
  return send(reply, wire(known), known.message);
}

function ofCaller(error: unknown): DomainError | undefined {
  // MLflow's messages already name the argument, so zod's path is not prepended.
  if (error instanceof ZodError) return new DomainError("invalid", error.issues[0]?.message ?? "Invalid value.");
  return asDomainError(error);
}

/** The client continues after RESOURCE_ALREADY_EXISTS, so only the error for a name in use may have that code. */
function wire(error: DomainError): Wire {
  const isDuplicate = error.code === "conflict" && error.message.includes("already exists");
  return isDuplicate ? { status: 400, error_code: "RESOURCE_ALREADY_EXISTS" } : wireOf[error.code];
}

function send(reply: FastifyReply, { status, error_code }: Wire, message: string): FastifyReply {
  return reply.code(status).type("application/json").send({ error_code, message });
}
