import type { FastifyInstance } from "fastify";
import { asDomainError, statusOf } from "#server/http/errors.ts";
import { logBug } from "#server/http/server.ts";
import { FencedError } from "#server/improve/training/attempts/hold-attempt.ts";

/** Sends the errors of a scope as the wrapper of training jobs reads them: `{ error_code, message }`. */
export function answerWrappers(scope: FastifyInstance): void {
  scope.setErrorHandler((error, request, reply) => {
    const known = asDomainError(error);
    if (!known) {
      logBug(error, request);
      return reply.code(500).send({ error_code: "INTERNAL", message: "Internal error; see the server log." });
    }
    if (known.code === "unauthenticated") reply.header("www-authenticate", "Bearer");
    if (known.retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(known.retryAfterSeconds));
    const error_code = error instanceof FencedError ? "FENCED" : known.code.toUpperCase().replaceAll("-", "_");
    return reply.code(statusOf[known.code]).send({ error_code, message: known.message });
  });
}
