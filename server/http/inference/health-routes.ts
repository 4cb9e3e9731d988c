import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import manifest from "../../../package.json" with { type: "json" };
import { only } from "./only.ts";
import { inferenceDocument } from "./openapi.ts";

/** Registers health and metadata of the server, open to load balancers: docs/spec/open-inference-protocol.md sections 3 and 4. */
export function healthRoutes(app: FastifyInstance, core: GatewayCore): void {
  only(app, { method: "GET", url: "/health/live", isOpen: true }, () => ({ live: true }));
  only(app, { method: "GET", url: "/health/ready", isOpen: true }, () => {
    const reason = core.unreadyReason;
    if (reason) throw new DomainError("unavailable", reason, { retryAfterSeconds: 1 });
    return { ready: true };
  });
  const document = inferenceDocument();
  only(app, { method: "GET", url: "/openapi.json", isOpen: true }, () => document);
  only(app, { method: "GET", url: "/", isOpen: true }, () => ({
    name: "leeway",
    version: manifest.version,
    extensions: [
      "binary_tensor_data",
      "classification",
      "model_configuration",
      "model_repository",
      "parameters",
      "schedule_policy",
      "statistics",
    ],
  }));
}
