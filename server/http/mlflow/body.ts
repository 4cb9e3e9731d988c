import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";

/** Legal batches reach 1.4 MB; this leaves room without letting a caller fill the memory. */
const maxBodyBytes = 10 * 2 ** 20;

/** Bodies as MLflow reads them: JSON objects only; an empty body is `{}`; JSON packed into a JSON string is unpacked. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: maxBodyBytes },
    async (_request: unknown, body: string) => parseBody(body),
  );
  app.addContentTypeParser("*", async (request: { headers: { "content-type"?: string } }) => {
    throw new DomainError(
      "invalid",
      request.headers["content-type"]
        ? "Bad Request. Content-Type must be one of ['application/json']."
        : "Bad Request. Content-Type header is missing.",
    );
  });
}

/** Parses a body; an empty one is {}. @throws DomainError "invalid" when the text is not a JSON object. */
function parseBody(body: string): Record<string, unknown> {
  if (body.trim() === "") return {};
  let value = parseJson(body);
  if (typeof value === "string") value = parseJson(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DomainError("invalid", "The body must be a JSON object.");
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  rejectDeepJson(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("invalid", "The body is not valid JSON.", { cause });
  }
}
