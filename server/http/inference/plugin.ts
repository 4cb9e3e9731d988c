import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { identify } from "./caller.ts";
import { deflated, inflated } from "./compression.ts";
import { errorResponseFor, refuse } from "./errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { inferRoutes } from "./infer-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { statisticsRoutes } from "./statistics-routes.ts";
import { type TaskDependencies, taskRoutes } from "./task-routes.ts";

/** Largest body of an inference request: Triton's default. */
const bodyLimitBytes = 64 * 2 ** 20;

export interface InferenceDependencies {
  core: GatewayCore;
  /** Dependencies of requests with a later response; without them there are no such requests. */
  tasks?: TaskDependencies;
}

/**
 * Serves the Open Inference Protocol under /v2, and under /w/<workspace>/v2 for clients that name one. A model of the protocol is an
 * endpoint of the caller's workspace. Every response that is not a success is `{"error": text}`, whatever its source.
 */
export async function inferencePlugin(app: FastifyInstance, { core, tasks }: InferenceDependencies): Promise<void> {
  await app.register(
    async (v2) => {
      v2.decorateRequest("inferenceCaller", null);
      // The first bytes and the headers determine the body's format: clients send any content type, or none. Fastify finds a name faster.
      v2.removeAllContentTypeParsers();
      for (const type of ["application/json", "application/octet-stream", "*"]) {
        v2.addContentTypeParser(type, { parseAs: "buffer", bodyLimit: bodyLimitBytes }, readBody);
      }
      v2.addHook("onSend", compressResponse);
      v2.addHook("onRequest", (request, _reply, done) => identify(core.tokens, request, done));
      v2.setErrorHandler((error, request, reply) => sendError(error, request, reply));
      v2.setNotFoundHandler({}, (_request, reply) => refuse(reply, 404, "Not found."));
      healthRoutes(v2, core);
      modelRoutes(v2, core);
      inferRoutes(v2, core);
      statisticsRoutes(v2, core);
      repositoryRoutes(v2, core);
      if (tasks) taskRoutes(v2, core, tasks);
    },
    { prefix: "/v2" },
  );
}

// Callbacks, since a promise for each hook is a large part of what a quick request costs.

function readBody({ headers }: FastifyRequest, body: Buffer, done: (error: Error | null, body?: Buffer) => void): void {
  const coding = headers["content-encoding"];
  if (coding === undefined) done(null, body);
  else inflated(body, coding, bodyLimitBytes).then((inflatedBody) => done(null, inflatedBody), done);
}

function compressResponse(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: DoneFuncWithErrOrRes,
): void {
  const accepted = headers["accept-encoding"]?.toString();
  if (accepted === undefined || (typeof payload !== "string" && !Buffer.isBuffer(payload))) {
    done(null, payload);
    return;
  }
  deflated(payload, accepted).then((shorter) => {
    if (shorter) reply.headers({ "content-encoding": shorter.coding, vary: "accept-encoding" });
    done(null, shorter?.body ?? payload);
  }, done);
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, headers } = errorResponseFor(error, request);
  return refuse(reply.headers(headers), status, message);
}
