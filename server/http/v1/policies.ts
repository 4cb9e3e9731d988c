import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { PolicyInForce, SetPolicy } from "#server/registry/policy/contract.ts";
import { getPolicy } from "#server/registry/policy/queries.ts";
import { setPolicy } from "#server/registry/policy/set-policy.ts";
import { route } from "./route.ts";

const ModelPath = z.object({ model: z.string() });
const body = SetPolicy.pick({ policy: true, reason: true });

/** What models ask of their versions: protected aliases, required metadata, gates. */
export function policies(app: FastifyInstance): void {
  const whole = { path: "/registry-policy", response: PolicyInForce };
  route(app, { method: "GET", ...whole, summary: "Show the policy of models that have none of their own" }, ({ ctx }) =>
    getPolicy(ctx),
  );
  const set = "Write the policy of models that have none of their own";
  route(app, { method: "PUT", ...whole, summary: set, body }, ({ ctx, body }) => setPolicy(ctx, body));
  const one = { path: "/models/:model/policy", params: ModelPath, response: PolicyInForce };
  route(app, { method: "GET", ...one, summary: "Show the policy that counts for a model" }, ({ ctx, params }) =>
    getPolicy(ctx, params.model),
  );
  const own = "Write a model's own policy; null goes back to the workspace's";
  route(app, { method: "PUT", ...one, summary: own, body }, ({ ctx, params, body }) =>
    setPolicy(ctx, { name: params.model, ...body }),
  );
}
