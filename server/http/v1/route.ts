import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Context } from "#server/base/context.ts";
import type { Operation } from "./openapi.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Operations registered by route(), for the OpenAPI document. */
    operations: Operation[];
  }
  interface FastifyRequest {
    /** Set by v1Plugin before the body is read. */
    caller: Context | null;
  }
}

interface RouteOptions<Params, Query, Body, Response> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v1, with parameters as ":name". */
  path: string;
  /** One line in the imperative, without a full stop. */
  summary: string;
  params?: Params;
  query?: Query;
  /** A zod schema for JSON, or "stream" for the file itself as the body (application/octet-stream). */
  body?: Body | "stream";
  /** Schema of a success response; 204 without a body when left out. */
  response?: Response;
  /** Default: 200, or 204 without a response. */
  status?: 200 | 201 | 202 | 204;
  /** Accepts the header Idempotency-Key: a repeated request gets the first response again. */
  isRepeatable?: boolean;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface RouteInput<Params, Query, Body> {
  ctx: Context;
  params: Parsed<Params>;
  query: Parsed<Query>;
  body: Parsed<Body>;
  /** Idempotency key of a route that `isRepeatable`, if the caller sent one. */
  idempotencyKey: string | undefined;
  /** The body of a "stream" route; empty on any other. The code that stores it limits its size. */
  stream: Readable;
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Registers one REST operation: parses the input by the schemas, calls the handler with the caller's context, and sends only the
 * fields of the response schema. The same schemas produce its entry in the OpenAPI document.
 */
export function route<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Response extends z.ZodType | undefined = undefined,
>(
  app: FastifyInstance,
  options: RouteOptions<Params, Query, Body, Response>,
  handler: (
    input: RouteInput<Params, Query, Body>,
  ) => Promise<Response extends z.ZodType ? z.input<Response> : unknown>,
): void {
  const { method, path, params, query, body, response } = options;
  const status = options.status ?? (response ? 200 : 204);
  app.operations.push({ ...options, status });
  app.route({
    method,
    url: path,
    handler: async (request, reply) => {
      if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
      const result = await handler({
        ctx: request.caller,
        params: params?.parse(request.params) as Parsed<Params>,
        query: query?.parse(request.query) as Parsed<Query>,
        body: (body === "stream" ? undefined : body?.parse(request.body ?? {})) as Parsed<Body>,
        idempotencyKey: options.isRepeatable ? [request.headers["idempotency-key"]].flat()[0] : undefined,
        stream: request.body instanceof Readable ? request.body : Readable.from([]),
        request,
        reply,
      });
      return reply.code(status).send(response?.parse(result));
    },
  });
}
