import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { PolicyInForce, SetPolicy } from "#server/develop/registry/policy/contract.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { route } from "./route.ts";

const ModelPath = z.object({ model: z.string() });
const body = SetPolicy.pick({ policy: true, reason: true });

/** Registers the routes for models' requirements for their versions: protected aliases, required metadata, gates. */
export function policies(app: FastifyInstance): void {
  const policyRoute = { path: "/registry-policy", response: PolicyInForce };
  route(app, { method: "GET", ...policyRoute, summary: "Get the default model policy of the workspace" }, ({ ctx }) =>
    getPolicy(ctx),
  );
  const set = "Set the default model policy of the workspace";
  route(app, { method: "PUT", ...policyRoute, summary: set, body }, ({ ctx, body }) => setPolicy(ctx, body));
  const one = { path: "/models/:model/policy", params: ModelPath, response: PolicyInForce };
  route(app, { method: "GET", ...one, summary: "Get the effective policy of a model" }, ({ ctx, params }) =>
    getPolicy(ctx, params.model),
  );
  const own = "Set a model's own policy; null restores the workspace default";
  route(app, { method: "PUT", ...one, summary: own, body }, ({ ctx, params, body }) =>
    setPolicy(ctx, { name: params.model, ...body }),
  );
}
