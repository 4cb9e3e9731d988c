import { and, count, desc, eq, isNotNull, isNull } from "drizzle-orm";
import { jobTemplates, retrainingCycles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import { findFreeze } from "#server/watch/slo/freezes/queries.ts";
import { TemplateSpec } from "../../training/contract.ts";
import { estimateCost, hourlyRate } from "../../training/jobs/estimate-cost.ts";
import { readEarlierCosts } from "../../training/jobs/read-earlier-costs.ts";
import { readBudgetsLeft } from "../../training/watch/read-budgets-left.ts";
import { readBrokenFeatures } from "./broken-features.ts";
import { findCommonCause } from "./common-cause.ts";
import type { Circumstances, CycleOutcome, EndedCycle, LabelState } from "./holds.ts";
import { type Champion, type PolicyRow, readChampion } from "./read-champion.ts";
import { readLabelsFrom } from "./read-labels.ts";

/** Ended cycles that count: more than the attempts and the pace that rules ask for. */
const maxCycles = 100;
/** Labels of longer ago are not read. */
const maxLabelAgeMs = 400 * dayMs;

/**
 * Reads what stands against a training of a policy's model now. The caller has checked permissions.
 * @param asked.now milliseconds since 1970 @param asked.labelsFrom times after which labels are asked for, such as those of the evidence; for
 * others `labelsFrom` says what the next later one has
 */
export async function gatherCircumstances(
  ctx: Context,
  policy: PolicyRow,
  { now, labelsFrom = [] }: { now: number; labelsFrom?: readonly number[] },
): Promise<Circumstances> {
  const champion = await readChampion(ctx, policy);
  const { endpointId } = policy;
  return {
    isPaused: policy.pausedAt !== null,
    openCycle: await readOpenCycle(ctx, policy.id),
    cycles: await readEndedCycles(ctx, policy.id),
    brokenFeatures: await readBrokenFeatures(ctx, endpointId),
    deployment: champion?.hasPredecessor ? { version: champion.version, at: champion.servesSince } : null,
    commonCause: await findCommonCause(ctx, policy),
    labelsFrom: await labelReader(ctx, policy, champion, { times: labelsFrom, now }),
    cost: await readCost(ctx, policy, now),
    // Leeway has quiet hours for people, not for machines.
    quietUntil: null,
    freeze: await readFreeze(ctx, endpointId),
    openInWorkspace: await countOpenCycles(ctx),
  };
}

async function readOpenCycle(ctx: Context, policyId: string): Promise<number | null> {
  const [open] = await ctx.db
    .select({ number: retrainingCycles.number })
    .from(retrainingCycles)
    .where(and(ofPolicy(ctx, policyId), isNull(retrainingCycles.endedAt)));
  return open?.number ?? null;
}

async function readEndedCycles(ctx: Context, policyId: string): Promise<EndedCycle[]> {
  const { startedAt, endedAt, state, evidence } = retrainingCycles;
  const rows = await ctx.db
    .select({ startedAt, endedAt, state, evidence })
    .from(retrainingCycles)
    .where(and(ofPolicy(ctx, policyId), isNotNull(endedAt)))
    .orderBy(desc(retrainingCycles.number))
    .limit(maxCycles);
  return rows.reverse().flatMap((cycle) => {
    if (cycle.endedAt === null || !isOutcome(cycle.state)) return [];
    return [
      {
        startedAt: cycle.startedAt.getTime(),
        endedAt: cycle.endedAt.getTime(),
        outcome: cycle.state,
        evidence: cycle.evidence.map(({ key }) => key),
      },
    ];
  });
}

const outcomes: readonly string[] = [
  "adopted",
  "rejected",
  "expired",
  "cancelled",
  "superseded",
] satisfies CycleOutcome[];
const isOutcome = (state: string): state is CycleOutcome => outcomes.includes(state);

const ofPolicy = (ctx: Context, policyId: string) =>
  and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.policyId, policyId));

async function countOpenCycles(ctx: Context): Promise<number> {
  const [row] = await ctx.db
    .select({ open: count() })
    .from(retrainingCycles)
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), isNull(retrainingCycles.endedAt)));
  return row?.open ?? 0;
}

async function labelReader(
  ctx: Context,
  policy: PolicyRow,
  champion: Champion | null,
  { times, now }: { times: readonly number[]; now: number },
): Promise<(time: number) => LabelState> {
  const oldest = now - maxLabelAgeMs;
  const clamped = (time: number) => Math.max(time, oldest);
  const from = await readLabelsFrom(ctx, policy, champion, { times: times.map(clamped), now });
  return (time) => from(clamped(time));
}

/** What a job of the plan takes at most, as its submit says, and what the month's budget has left. Null without a price, or without the template. */
async function readCost(ctx: Context, { plan }: PolicyRow, now: number): Promise<Circumstances["cost"]> {
  const [template] = await ctx.db
    .select({ id: jobTemplates.id, spec: jobTemplates.spec })
    .from(jobTemplates)
    .where(
      and(
        eq(jobTemplates.workspaceId, ctx.actor.workspaceId),
        eq(jobTemplates.name, plan.job.template),
        isNull(jobTemplates.archivedAt),
      ),
    );
  if (!template) return { ofCycle: null, left: null, format: (amount) => formatMoney(amount, null) };
  const { resources, limits } = TemplateSpec.parse(template.spec).job;
  const book = await readBook(ctx);
  const rate = hourlyRate(resources, { book, machine: "", now });
  const earlier = await readEarlierCosts(ctx, template.id, book);
  const ofCycle = estimateCost({ rate: rate?.amount ?? null, hours: limits.hours, limit: limits.cost, earlier });
  const [budget] = ofCycle === null ? [] : await readBudgetsLeft(ctx, now);
  return {
    ofCycle,
    left: budget ? Math.max(0, budget.amount - budget.spent) : null,
    format: budget?.format ?? ((amount) => formatMoney(amount, rate?.currency ?? null)),
  };
}

/** Names a freeze by its person and end; its reason may be any text. */
async function readFreeze(ctx: Context, endpointId: string): Promise<string | null> {
  const freeze = await findFreeze(ctx, endpointId);
  return freeze ? `of ${freeze.frozenBy} until ${freeze.until.toISOString().slice(0, 16).replace("T", " ")} UTC` : null;
}
