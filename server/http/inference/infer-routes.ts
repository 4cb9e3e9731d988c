import type { FastifyInstance } from "fastify";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { admission } from "./admission.ts";
import { callerOf } from "./caller.ts";
import { type ModelAddress, modelPaths } from "./model-routes.ts";
import { only } from "./only.ts";
import { runInference } from "./run-inference.ts";

/** Registers inference: docs/spec/open-inference-protocol.md section 6. Most requests take the fast path, which responds identically. */
export function inferRoutes(app: FastifyInstance, core: GatewayCore): void {
  for (const path of modelPaths) {
    only(app, { method: "POST", url: `${path}/infer`, onRequest: admission(core) }, async (request, reply) => {
      const { model, version } = request.params as ModelAddress;
      const { status, headers, body } = await runInference(core, {
        caller: callerOf(request),
        model,
        version,
        headers: request.headers,
        mark: request,
        body: request.body instanceof Buffer ? request.body : Buffer.alloc(0),
        elapsedMs: reply.elapsedTime,
        isGone: () => reply.raw.destroyed,
      });
      reply.code(status).headers(headers);
      return body;
    });
  }
}
