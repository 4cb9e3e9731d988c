import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import { asObject } from "#server/base/parsed-json.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";

/** Reads bodies as bytes, whatever type they declare; routes parse them. */
export function readLabelStudioBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** Returns the bytes of a request's body. @throws DomainError "invalid" when there are none */
export function bytesOf({ body }: FastifyRequest): Buffer {
  if (body instanceof Buffer && body.length > 0) return body;
  throw new DomainError("invalid", "JSON parse error - the request has no body.");
}

/** Returns the JSON of a request's body. @throws DomainError "invalid" */
function jsonOf(request: FastifyRequest): unknown {
  const bytes = bytesOf(request);
  if (!isUtf8(bytes)) throw new DomainError("invalid", "JSON parse error - the body is not valid UTF-8.");
  const text = bytes.toString("utf8");
  rejectDeepJson(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : "";
    throw new DomainError("invalid", `JSON parse error - ${reason}`, { cause });
  }
}

/** Returns the object that a request sends. @throws DomainError "invalid" */
export function objectOf(request: FastifyRequest): Record<string, unknown> {
  const object = asObject(jsonOf(request));
  if (object) return object;
  throw new DomainError("invalid", "Invalid data. Expected a dictionary.");
}
