import type { FastifyReply } from "fastify";
import { ZodError } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { asDomainError, statusOf } from "#server/http/errors.ts";
import { logBug, type RequestMark } from "#server/http/server.ts";
import { compatibleRelease } from "./release.ts";

/** Names of fields here and there. */
const fieldNames: Record<string, string> = {
  name: "title",
  config: "label_config",
  configText: "label_config",
  text: "expert_instruction",
  value: "result",
};

/** Sends any error of a route in Label Studio's form. An unexpected one is logged, and sent without details. */
export function sendLabelStudioError(error: unknown, request: RequestMark, reply: FastifyReply): FastifyReply {
  const known = knownError(error);
  if (!known) {
    logBug(error, request);
    return sendDetail(reply, 500, "Internal error; see the server log.");
  }
  // A mistake in the request: Label Studio has no 409.
  const status = known.code === "conflict" ? 400 : statusOf[known.code];
  if (status === 401) reply.header("www-authenticate", "Token");
  if (status === 429 || status === 503)
    reply.header("retry-after", Math.max(1, Math.ceil(known.retryAfterSeconds ?? 1)));
  if (status !== 400) return sendDetail(reply, status, known.message);
  const field = known.field?.split(".")[0];
  const name = field === undefined ? "non_field_errors" : (fieldNames[field] ?? field);
  return sendDetail(reply, 400, known.message, { [name]: [known.message] });
}

function knownError(error: unknown): DomainError | undefined {
  if (!(error instanceof ZodError)) return asDomainError(error);
  const [issue] = error.issues;
  const field = issue?.path[0];
  const message = issue?.message ?? "Invalid value.";
  return new DomainError("invalid", message, { cause: error, ...(field !== undefined && { field: String(field) }) });
}

function sendDetail(
  reply: FastifyReply,
  status: number,
  detail: string,
  problems?: Record<string, string[]>,
): FastifyReply {
  return reply
    .code(status)
    .type("application/json")
    .send(
      JSON.stringify({
        id: reply.request.id,
        status_code: status,
        version: compatibleRelease,
        detail,
        exc_info: null,
        ...(problems && { validation_errors: problems }),
      }),
    );
}

/** Sends 405, where Fastify would respond 404. */
export function sendNotAllowed(reply: FastifyReply, method: string, allowed: readonly string[]): FastifyReply {
  return sendDetail(reply.header("allow", allowed.join(", ")), 405, `Method "${method}" not allowed.`);
}
