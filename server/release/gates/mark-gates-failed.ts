import { and, eq } from "drizzle-orm";
import { modelAliases, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { pending } from "../../develop/registry/gates/pending.ts";
import { gateName } from "../../develop/registry/policy/contract.ts";
import { loadPolicy } from "../../develop/registry/policy/queries.ts";
import { writeGateRuns } from "./write-gate-runs.ts";

/** Ends a check that failed at its last try: gates that it did not get to say why, and can be run again. */
export async function markGatesFailed(ctx: Context, { reason, ...check }: JobData["give-up-gates"]): Promise<void> {
  permit(ctx, "markGatesFailed");
  const { workspaceId } = ctx.actor;
  const [version] = await ctx.db
    .select({ modelId: modelVersions.modelId })
    .from(modelVersions)
    .where(and(eq(modelVersions.id, check.versionId), eq(modelVersions.workspaceId, workspaceId)));
  if (!version) return;
  const { policy } = await loadPolicy(ctx, version.modelId);
  const [pointed] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(modelAliases)
    .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
    .where(and(eq(modelAliases.modelId, version.modelId), eq(modelAliases.alias, check.alias)));
  const baseline = pointed && pointed.id !== check.versionId ? pointed : null;
  const result = pending(`The gate could not be run. ${reason}`);
  await writeGateRuns(
    ctx,
    check,
    { modelId: version.modelId, baseline },
    policy.gates.map((settings) => ({ ...result, gate: gateName(settings), settings })),
  );
}
