import { isDeepStrictEqual } from "node:util";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { retrainingDecisions, retrainingPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { startCycle } from "../cycle/start-cycle.ts";
import { findEvidence } from "./evidence.ts";
import { gatherCircumstances } from "./gather-circumstances.ts";
import { gatherSignals } from "./gather-signals.ts";
import type { Hold } from "./holds.ts";
import { type Look, look } from "./look.ts";
import type { PolicyRow } from "./read-champion.ts";

type Decision = Pick<typeof retrainingDecisions.$inferSelect, "kind" | "revision" | "evidence" | "holds">;

/** Decisions of longer ago are removed. */
const keptMs = 400 * dayMs;

/**
 * Looks at a policy once: decides whether its model is trained now, notes the decision where it is another one than before, and starts a cycle where
 * it fires, all in one transaction. Nothing happens to a policy that was deleted meanwhile. A worker's, for which nobody has a permission.
 * @param now milliseconds since 1970
 */
export async function lookAtPolicy(ctx: Context, policyId: string, now: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    // One look of a workspace at a time: each has to see the cycles that the others start.
    const key = `retraining ${ctx.actor.workspaceId}`;
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
    const policy = await lockPolicy(ctx, policyId);
    if (!policy) return;
    const signals = await gatherSignals(ctx, policy, now);
    const labelsFrom = findEvidence(policy.rules.triggers, signals, now).flatMap((found) =>
      found.map((evidence) => evidence.labelsFrom),
    );
    const circumstances = await gatherCircumstances(ctx, policy, { now, labelsFrom });
    const decision = decisionOf(policy, look(policy.rules, signals, circumstances, now));
    await noteDecision(ctx, policy, decision, now);
    await ctx.db
      .update(retrainingPolicies)
      .set({ lookedAt: new Date(now) })
      .where(ofId(ctx, policyId));
  });
}

const ofId = (ctx: Context, policyId: string) =>
  and(eq(retrainingPolicies.workspaceId, ctx.actor.workspaceId), eq(retrainingPolicies.id, policyId));

async function lockPolicy(ctx: Context, policyId: string): Promise<PolicyRow | undefined> {
  const [policy] = await ctx.db.select().from(retrainingPolicies).where(ofId(ctx, policyId)).for("update");
  return policy;
}

function decisionOf({ revision }: PolicyRow, found: Look): Decision {
  return {
    kind: found.kind,
    revision,
    evidence: found.kind === "quiet" ? [] : found.evidence,
    holds: found.kind === "held" ? found.holds : [],
  };
}

/** Starts the cycle of a decision that fires, and writes what is new. Of the same decision only numbers and ages are brought up to date. */
async function noteDecision(ctx: Context, policy: PolicyRow, decision: Decision, now: number): Promise<void> {
  const { workspaceId } = ctx.actor;
  const of = retrainingDecisions;
  const [newest] = await ctx.db
    .select()
    .from(of)
    .where(and(eq(of.workspaceId, workspaceId), eq(of.policyId, policy.id)))
    .orderBy(desc(of.at), desc(of.id))
    .limit(1);
  const { evidence, holds } = decision;
  if (newest && decision.kind !== "fired" && isSame(newest, decision)) {
    const isAsShown = isDeepStrictEqual([newest.evidence, newest.holds], [evidence, holds]);
    if (!isAsShown) {
      await ctx.db
        .update(of)
        .set({ evidence, holds })
        .where(and(eq(of.workspaceId, workspaceId), eq(of.id, newest.id)));
    }
    return;
  }
  const cycle = decision.kind === "fired" ? await startCycle(ctx, policy, { evidence, request: null }) : null;
  await ctx.db
    .insert(of)
    .values({ ...decision, workspaceId, policyId: policy.id, cycleId: cycle?.id ?? null, at: new Date(now) });
  await ctx.db
    .delete(of)
    .where(and(eq(of.workspaceId, workspaceId), eq(of.policyId, policy.id), lt(of.at, new Date(now - keptMs))));
  await publish(ctx, "retraining", policy.id);
}

/** Whether two decisions say the same, but for numbers that grow: the same evidence, and the same things that stand against it. */
function isSame(one: Decision, other: Decision): boolean {
  return isDeepStrictEqual(subjectOf(one), subjectOf(other));
}

/** Of these, only what is lacking counts, not how much. */
const counting: readonly Hold["code"][] = ["labels", "source-share", "cost", "too-many", "workspace-full"];

function subjectOf({ kind, revision, evidence, holds }: Decision) {
  return {
    kind,
    revision,
    evidence: evidence.map(({ key }) => key).sort(),
    holds: holds.map(({ code, words }) => (counting.includes(code) ? code : `${code}: ${words}`)).sort(),
  };
}
