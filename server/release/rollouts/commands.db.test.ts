import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { idempotencyRecords, rollouts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { beat, countArms, newRollout, quickPlan, recheck } from "../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "./abort-rollout.ts";
import { approveStep } from "./approve-step.ts";
import { listRolloutDecisions } from "./decision-queries.ts";
import { noteRollout } from "./note-rollout.ts";
import { overrideBudget } from "./override-budget.ts";
import { pauseRollout } from "./pause-rollout.ts";
import { getRollout, listRollouts } from "./queries.ts";
import { resumeRollout } from "./resume-rollout.ts";
import { skipStep } from "./skip-step.ts";

const first = { step: 0, weight: 0.1 };
const reason = "because";

/** Creates a rollout in its first step, with data. */
async function stepping(ctx: Context, input: Parameters<typeof newRollout>[1] = {}) {
  const fixture = await newRollout(ctx, input);
  await beat(ctx, { endpointId: fixture.endpointId, versionId: fixture.canary.id });
  await recheck(ctx, fixture.rolloutId);
  await countArms(ctx, fixture.rolloutId, first, { canary: [500, 2], stable: [4500, 18] });
  return fixture;
}

/** Returns the lines of the log as kind, code and reason, oldest first. */
async function log(ctx: Context, rolloutId: string) {
  const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
  return decisions.toReversed().map(({ kind, code, reason }) => [kind, code, reason]);
}

function refused(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof DomainError) return `${error.code}: ${error.message}`;
      throw error;
    },
  );
}

test(
  "holds a ready step while paused, and still rolls back after a regression",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await stepping(ctx);
    expect(await pauseRollout(ctx, { rolloutId, reason })).toMatchObject({ isPaused: true, hold: { code: "paused" } });
    expect(await refused(pauseRollout(ctx, { rolloutId, reason }))).toContain("conflict");
    await recheck(ctx, rolloutId, 600);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ step: 0, hold: { code: "paused" } });
    await resumeRollout(ctx, { rolloutId, reason: "seen" });
    await recheck(ctx, rolloutId, 601);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ step: 1, hold: null });
    await pauseRollout(ctx, { rolloutId, reason });
    await countArms(ctx, rolloutId, { step: 1, weight: 0.5 }, { canary: [400, 80], stable: [400, 2] });
    await recheck(ctx, rolloutId, 5);
    expect((await getRollout(ctx, { rolloutId })).phase).toBe("rolled-back");
    expect((await log(ctx, rolloutId)).slice(2, 4)).toEqual([
      ["pause", "paused", reason],
      ["resume", "resumed", "seen"],
    ]);
  }),
);

test(
  "advances a step that needs approval once approved, and rejects a second approval",
  inWorkspace(async (ctx) => {
    const [one, two] = quickPlan.steps as [(typeof quickPlan.steps)[number], (typeof quickPlan.steps)[number]];
    const plan = { ...quickPlan, steps: [{ ...one, needsApproval: true }, two] };
    const { rolloutId } = await stepping(ctx, { plan });
    await recheck(ctx, rolloutId, 600);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ step: 0, hold: { code: "needs-approval" } });
    await approveStep(ctx, { rolloutId, reason });
    expect(await refused(approveStep(ctx, { rolloutId, reason }))).toContain("already been approved");
    await recheck(ctx, rolloutId, 601);
    expect((await getRollout(ctx, { rolloutId })).step).toBe(1);
    expect(await refused(approveStep(ctx, { rolloutId, reason }))).toContain("does not require approval");
  }),
);

test(
  "skips with the current evidence, but not while starting, paused or with a wrong traffic split",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await stepping(ctx);
    const skipped = await skipStep(ctx, { rolloutId, reason });
    expect(skipped).toMatchObject({ step: 1, weight: 0.5, phase: "stepping" });
    const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
    expect(decisions[0]).toMatchObject({
      kind: "skip",
      reason,
      evidence: { guardrails: [{ canary: { units: 500 } }] },
    });
    await pauseRollout(ctx, { rolloutId, reason });
    expect(await refused(skipStep(ctx, { rolloutId, reason }))).toContain("is paused");
    await resumeRollout(ctx, { rolloutId, reason });
    await countArms(ctx, rolloutId, { step: 1, weight: 0.5 }, { canary: [2000, 2], stable: [1000, 2] });
    expect(await refused(skipStep(ctx, { rolloutId, reason }))).toContain("did not receive its configured share");
    await recheck(ctx, rolloutId, 600);
    expect((await getRollout(ctx, { rolloutId })).hold?.code).toBe("withheld");
  }),
);

test(
  "promotes when the last step is skipped, and ends when monitoring is skipped",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await stepping(ctx);
    for (const phase of ["stepping", "watching", "promoted"]) {
      expect((await skipStep(ctx, { rolloutId, reason })).phase).toBe(phase);
    }
    expect(await refused(skipStep(ctx, { rolloutId, reason }))).toContain("has ended");
  }),
);

test(
  "aborts while starting, and then accepts only notes",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await newRollout(ctx);
    expect(await refused(skipStep(ctx, { rolloutId, reason }))).toContain("still load");
    expect(await abortRollout(ctx, { rolloutId, reason })).toMatchObject({ phase: "rolled-back", weight: 0 });
    const acts = [abortRollout, pauseRollout, resumeRollout, approveStep, skipStep, overrideBudget];
    for (const act of acts) expect(await refused(act(ctx, { rolloutId, reason }))).toContain("This rollout has ended.");
    const noted = await noteRollout(ctx, { rolloutId, reason: "Depot 7 got a new camera." });
    expect(noted.phase).toBe("rolled-back");
    expect((await log(ctx, rolloutId)).at(-1)).toEqual(["note", "note", "Depot 7 got a new camera."]);
  }),
);

test(
  "rejects the second of two concurrent changes by revision, which a temporary hold does not change",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await stepping(ctx);
    const { revision } = await getRollout(ctx, { rolloutId });
    await countArms(ctx, rolloutId, first, { canary: [50, 0], stable: [450, 0] });
    await recheck(ctx, rolloutId, 30);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ revision, hold: { code: "too-little-data" } });
    await pauseRollout(ctx, { rolloutId, reason, revision });
    expect(await refused(skipStep(ctx, { rolloutId, reason, revision }))).toContain("was changed by someone else");
    expect((await getRollout(ctx, { rolloutId })).step).toBe(0);
  }),
);

test(
  "limits viewers and members to reading, runs a repeated command once, and lists active rollouts",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId } = await stepping(ctx);
    expect((await getRollout(as(ctx, "viewer"), { rolloutId })).id).toBe(rolloutId);
    for (const act of [abortRollout, pauseRollout, resumeRollout, approveStep, skipStep, noteRollout, overrideBudget])
      expect(await refused(act(as(ctx, "member"), { rolloutId, reason }))).toContain("forbidden");
    for (let time = 0; time < 2; time++) await pauseRollout(ctx, { rolloutId, reason }, "key");
    expect((await log(ctx, rolloutId)).filter(([kind]) => kind === "pause")).toHaveLength(1);
    expect(await ctx.db.$count(idempotencyRecords)).toBe(1);
    await abortRollout(ctx, { rolloutId, reason });
    const ids = async (active: boolean) =>
      (await listRollouts(ctx, { active, endpointId })).rollouts.map(({ id }) => id);
    expect([await ids(true), await ids(false)]).toEqual([[], [rolloutId]]);
  }),
);

test("applies one of several concurrent commands, and logs it once", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { rolloutId } = await stepping(ctx);
  await skipStep(ctx, { rolloutId, reason });
  const { revision } = await getRollout(ctx, { rolloutId });
  const acts = [abortRollout, skipStep, abortRollout, skipStep, pauseRollout];
  const outcomes = await Promise.all(acts.map((act) => refused(act(ctx, { rolloutId, reason, revision }))));
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.startsWith("conflict"))).toHaveLength(4);
  const kinds = (await log(ctx, rolloutId)).map(([kind]) => kind);
  expect(kinds.length).toBe(4);
});

test("leaves no state, log entry or deployment after an interrupted command", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { rolloutId } = await stepping(ctx);
  await skipStep(ctx, { rolloutId, reason });
  await countArms(ctx, rolloutId, { step: 1, weight: 0.5 }, { canary: [1000, 4], stable: [1000, 4] });
  const everything = async () => ({
    rows: await db.select().from(rollouts).where(eq(rollouts.id, rolloutId)),
    log: await log(ctx, rolloutId),
  });
  const before = await everything();
  const killed = db.transaction(async (transaction) => {
    await recheck({ ...ctx, db: transaction as never }, rolloutId, 60);
    throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  expect(await everything()).toEqual(before);
  await recheck(ctx, rolloutId, 60);
  expect((await getRollout(ctx, { rolloutId })).phase).toBe("watching");
});
