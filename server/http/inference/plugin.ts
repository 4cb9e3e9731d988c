import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { chosenWorkspace } from "#server/http/workspace-address.ts";
import type { GatewayCore } from "#server/serving/router/gateway-core.ts";
import { deflated, inflated } from "./compression.ts";
import { answerFor } from "./errors.ts";
import { healthRoutes } from "./health-routes.ts";
import { inferRoutes } from "./infer-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { statisticsRoutes } from "./statistics-routes.ts";

/** Largest body of an inference request: Triton's default. */
const bodyLimitBytes = 64 * 2 ** 20;

export interface InferenceDependencies {
  core: GatewayCore;
}

/**
 * The Open Inference Protocol under /v2, and under /w/<workspace>/v2 for clients that say which. A model of the protocol is an endpoint of the caller's workspace.
 * Every answer that is no success is `{"error": text}`, whoever made it.
 */
export async function inferencePlugin(app: FastifyInstance, { core }: InferenceDependencies): Promise<void> {
  await app.register(
    async (v2) => {
      v2.decorateRequest("inferenceCaller", null);
      // What the body is, its first bytes and headers say: clients send any content type, or none.
      v2.removeAllContentTypeParsers();
      v2.addContentTypeParser(
        "*",
        { parseAs: "buffer", bodyLimit: bodyLimitBytes },
        (request: FastifyRequest, body: Buffer) => inflated(body, request.headers["content-encoding"], bodyLimitBytes),
      );
      v2.addHook("onSend", async (request, reply, payload) => {
        if (typeof payload !== "string" && !Buffer.isBuffer(payload)) return payload;
        const shorter = await deflated(payload, request.headers["accept-encoding"]?.toString());
        if (shorter) reply.headers({ "content-encoding": shorter.coding, vary: "accept-encoding" });
        return shorter?.body ?? payload;
      });
      v2.addHook("onRequest", async (request) => {
        if (request.is404 || request.routeOptions.config.isOpen) return;
        const { authorization } = request.headers;
        request.inferenceCaller = await core.tokens.contextOf(authorization, request.ip, chosenWorkspace(request));
      });
      v2.setErrorHandler((error, request, reply) => sendError(error, request, reply));
      v2.setNotFoundHandler({}, (_request, reply) => reply.code(404).send({ error: "There is no such address." }));
      healthRoutes(v2, core);
      modelRoutes(v2, core);
      inferRoutes(v2, core);
      statisticsRoutes(v2, core);
      repositoryRoutes(v2, core);
    },
    { prefix: "/v2" },
  );
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, headers } = answerFor(error, request);
  return reply.code(status).headers(headers).type("application/json").send({ error: message });
}
