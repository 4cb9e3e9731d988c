import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { mainAlias } from "#server/develop/registry/policy/contract.ts";
import { loadPolicy } from "#server/develop/registry/policy/queries.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";

/** Has the gates of a version run again where one of them is about latency, since there is new evidence. */
export async function refreshGates(ctx: Context, versionId: string): Promise<void> {
  const [version] = await ctx.db
    .select({ modelId: modelVersions.modelId })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!version) return;
  const { policy } = await loadPolicy(ctx, version.modelId);
  if (!policy.gates.some(({ kind }) => kind === "latency")) return;
  await enqueue(ctx, "run-gates", { versionId, alias: mainAlias(policy), checkId: randomUUID() });
}
