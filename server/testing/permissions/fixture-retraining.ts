import { eq } from "drizzle-orm";
import { modelVersions, retrainingCycles, retrainingDecisions, retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { RetrainingPlan, RetrainingPolicy } from "#server/improve/retraining/contract.ts";
import { quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";

interface Used {
  versionId: string;
  version: number;
  endpointId: string;
  dataset: string;
  evaluationSetId: string;
}

/** Creates the policy of a model, what it decided, and a cycle that waits for an approval. */
export async function retrain(ctx: Context, used: Used, secret: string) {
  const { workspaceId } = ctx.actor;
  const [champion] = await ctx.db.select().from(modelVersions).where(eq(modelVersions.id, used.versionId));
  const rules = RetrainingPolicy.parse({ triggers: [{ kind: "drift", features: [secret] }] });
  const plan = RetrainingPlan.parse({
    data: { kind: "dataset", name: used.dataset },
    job: { template: "a template", parameters: { secret } },
    compare: { frozenSet: used.evaluationSetId },
    release: { plan: quickPlan, needsApproval: true },
  });
  const [policy] = await ctx.db
    .insert(retrainingPolicies)
    .values({
      workspaceId,
      modelId: champion?.modelId ?? "",
      endpointId: used.endpointId,
      rules,
      plan,
      pauseReason: secret,
      createdBy: secret,
    })
    .returning();
  const evidence = [{ key: secret, trigger: "drift" as const, words: secret, since: 0, labelsFrom: 0 }];
  const [cycle] = await ctx.db
    .insert(retrainingCycles)
    .values({
      workspaceId,
      policyId: policy?.id ?? "",
      number: 1,
      revision: 1,
      rules,
      plan,
      evidence,
      requestedBy: secret,
      requestedById: secret,
      requestReason: secret,
      state: "approving",
      championId: used.versionId,
      championVersion: used.version,
      approval: { askedAt: new Date(0).toISOString(), decision: null },
    })
    .returning();
  await ctx.db.insert(retrainingDecisions).values({
    workspaceId,
    policyId: policy?.id ?? "",
    revision: 1,
    kind: "fired",
    evidence,
    holds: [],
    cycleId: cycle?.id ?? null,
  });
  return { retrainingCycle: 1 };
}
