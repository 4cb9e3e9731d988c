import { and, desc, eq } from "drizzle-orm";
import { rolloutEvidence } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { databaseTime, evaluateAndMark, readFacts } from "./evaluate-and-mark.ts";
import { decideStep } from "./machine/decide-step.ts";
import type { Evaluated } from "./machine/evaluated.ts";
import { budgetHolds } from "./machine/hold.ts";
import { gatedChange, hasEnded, lockRollout, type StoredRollout } from "./rollout-rows.ts";
import { writeChange } from "./write-change.ts";

/** A curve has one point every 2 s at first, and about 300 in each doubling of its length later. */
const minGapMs = 2_000;
const pointsAtOnce = 300;

/**
 * Evaluates a rollout once: reads the counts, decides, and stores the result, in one transaction. Does nothing while someone else
 * changes it. Any error leaves everything unchanged.
 * @param now milliseconds since 1970; defaults to the time of the database
 */
export async function evaluateRollout(ctx: Context, rolloutId: string, now?: number): Promise<void> {
  permit(ctx, "evaluateRollout");
  await transact(ctx, async (ctx) => {
    const rollout = await lockRollout(ctx, rolloutId, "nothing");
    if (!rollout || hasEnded(rollout)) return;
    const at = now ?? (await databaseTime(ctx));
    const { evidence, point, units, state } = await evaluateAndMark(ctx, rollout, at);
    const evaluated: Evaluated = { ...rollout, state, evidence, units, facts: await readFacts(ctx, rollout), now: at };
    const decided = await withBudget(ctx, evaluated, rollout);
    const isDue = decided.decisions.length > 0 || (await isPointDue(ctx, rollout, at));
    const hasCurves = rollout.phase !== "starting" && isDue;
    await writeChange(ctx, rollout, {
      ...decided,
      evidence,
      now: at,
      isEvaluation: true,
      point: hasCurves ? point : undefined,
    });
  });
}

/** Time between two reads of a budget that holds a rollout. */
const budgetMs = 30_000;

/** Budgets are sums over weeks, so they are read only for a step that is about to end, and seldom while they hold it. */
async function withBudget(ctx: Context, evaluated: Evaluated, rollout: StoredRollout) {
  const { endpointId, evaluatedAt, state } = rollout;
  const decided = decideStep(evaluated);
  if (!decided.needsBudget) return decided;
  const turnOf = (at: number) => Math.floor(at / budgetMs);
  const isHeld = budgetHolds.includes(state.hold?.code ?? "");
  const wasRead = isHeld && turnOf(evaluatedAt?.getTime() ?? 0) === turnOf(evaluated.now);
  if (wasRead) return decided;
  const budget = await loadBudgetGate(ctx, endpointId, gatedChange(rollout));
  return decideStep({ ...evaluated, facts: { ...evaluated.facts, budget } });
}

async function isPointDue(ctx: Context, { id, createdAt }: StoredRollout, now: number): Promise<boolean> {
  const [last] = await ctx.db
    .select({ at: rolloutEvidence.at })
    .from(rolloutEvidence)
    .where(and(eq(rolloutEvidence.rolloutId, id), eq(rolloutEvidence.workspaceId, ctx.actor.workspaceId)))
    .orderBy(desc(rolloutEvidence.at))
    .limit(1);
  const gapMs = Math.max(minGapMs, (now - createdAt.getTime()) / pointsAtOnce);
  return !last || now - last.at.getTime() >= gapMs;
}
