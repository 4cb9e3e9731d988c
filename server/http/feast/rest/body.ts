import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { parseExactJson } from "#server/base/exact-json.ts";
import { inflated } from "#server/http/inference/compression.ts";

/** Largest body, compressed or not. */
const bodyLimitBytes = 32 * 2 ** 20;

/** Reads bodies as bytes, whatever type they declare: some clients declare none, or one that is no type. */
export function readBodies(app: FastifyInstance): void {
  const type = "application/json";
  app.addHook("onRequest", (request, _reply, done) => {
    request.headers["content-type"] = type;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    type,
    { parseAs: "buffer", bodyLimit: bodyLimitBytes },
    ({ headers }, body: Buffer, done) => {
      const coding = headers["content-encoding"];
      if (coding === undefined) done(null, body);
      else inflated(body, coding, bodyLimitBytes).then((whole) => done(null, whole), done);
    },
  );
}

/** Returns the body of a request; integers beyond 2^53 are bigint. @throws DomainError "invalid", ZodError */
export function bodyOf<Schema extends z.ZodType>({ body }: FastifyRequest, schema: Schema): z.output<Schema> {
  if (!(body instanceof Buffer) || body.length === 0) throw new DomainError("invalid", "The request has no body.");
  if (!isUtf8(body)) throw new DomainError("invalid", "The body is not valid UTF-8.");
  return schema.parse(parseExactJson(body.toString("utf8")));
}
