import { and, eq } from "drizzle-orm";
import { endpoints, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import { hasOtherChannel } from "./has-other-channel.ts";
import { readGateways } from "./read-gateways.ts";

/**
 * Finds why a fault cannot be made at an endpoint now without leaving nothing that serves or notifies. The caller has checked permissions.
 * @returns a sentence; "" where it can be made
 */
export async function findFaultProblem(ctx: Context, fault: Fault, endpointId: string): Promise<string> {
  switch (fault.kind) {
    case "model-worker-lost":
      return (await servedHere(ctx, endpointId)).some(({ workers = 0 }) => workers >= 2)
        ? ""
        : "No gateway runs two workers of the served version. Raise the number of workers first.";
    case "cold-model":
      return (await servedHere(ctx, endpointId)).length > 0 ? "" : "No gateway has loaded the served version itself.";
    case "gateway-lost":
      return (await readGateways(ctx)).length >= 2 ? "" : "Only one gateway serves. Start a second one first.";
    case "engine-away":
      return engineProblem(ctx, endpointId);
    case "job-preempted":
      return (await isRunning(ctx, fault.job)) ? "" : "The job is not running. Start the game day while it is running.";
    case "channel-dead":
      return (await hasOtherChannel(ctx, fault.channelId))
        ? ""
        : "The channel is disabled, or its receiver has no other one. Add one first.";
    default:
      return "";
  }
}

/** Returns the states of the served version in gateways that run it themselves. */
async function servedHere(ctx: Context, endpointId: string) {
  const states = (await readGateways(ctx)).flatMap(({ versions }) => versions);
  return states.filter((each) => {
    return each.endpointId === endpointId && each.isServing && each.state === "ready" && !each.engine;
  });
}

async function engineProblem(ctx: Context, endpointId: string): Promise<string> {
  const deployment = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!deployment?.engine) return "The version does not run on an external engine.";
  const [endpoint] = await ctx.db
    .select({ cascade: endpoints.cascade })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.id, endpointId)));
  const { rules, next = [] } = endpoint?.cascade ?? {};
  if (next.length > 0 && rules?.onError) return "";
  return "There is no fallback for the engine. Add a cascade whose first step escalates on errors.";
}

async function isRunning(ctx: Context, job: string): Promise<boolean> {
  const ofJob = and(
    eq(trainingJobs.workspaceId, ctx.actor.workspaceId),
    eq(trainingJobs.id, job),
    eq(trainingJobs.state, "running"),
  );
  return (await ctx.db.$count(trainingJobs, ofJob)) > 0;
}
