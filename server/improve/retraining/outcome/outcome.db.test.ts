import { randomUUID } from "node:crypto";
import { eq, like } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import {
  modelVersions,
  monitors,
  notifications,
  predictionLabels,
  predictions,
  retrainingCycles,
  trainingAttempts,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { systemContext } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { addQualityHour } from "#server/testing/fixtures/retraining/look-testing.ts";
import { newPolicyInput } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { setPrices } from "#server/watch/cost/prices/set-prices.ts";
import { getJob } from "../../training/jobs/queries.ts";
import { getRetrainingCycle } from "../cycles/queries.ts";
import { createRetrainingPolicy } from "../policies/create-retraining-policy.ts";
import { findPolicyOfEndpoint } from "../policies/find-policy-of-endpoint.ts";
import { assessCycle } from "./assess-cycle.ts";
import { getRetrainingGains } from "./queries.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const outsider = await newWorkspace(db);
const { workspaceId } = ctx.actor;
const worker = systemContext(db, workspaceId, "retraining");
const model = "digits";
const policy = await createRetrainingPolicy(ctx, await newPolicyInput(ctx));
const endpointId = policy.endpoint.id;
const versions = await db.select().from(modelVersions).where(eq(modelVersions.workspaceId, workspaceId));
const [champion, candidate] = [1, 2].map((number) => versions.find(({ version }) => version === number)?.id ?? "");
const { id: rolloutId } = await startRollout(ctx, { endpointId, version: 2, plan: quickPlan, reason: "retrained" });
const now = Date.now();
const horizonMs = dayMs;

type Adopted = Partial<typeof retrainingCycles.$inferInsert> & { number: number; endedAt: Date };

async function newAdopted(values: Adopted): Promise<string> {
  const [cycle] = await db
    .insert(retrainingCycles)
    .values({
      workspaceId,
      policyId: policy.id,
      revision: 1,
      rules: policy.rules,
      plan: policy.plan,
      evidence: [{ key: "drift:1", trigger: "drift", words: "age has drifted.", since: 0, labelsFrom: 0 }],
      state: "adopted",
      championId: champion ?? "",
      championVersion: 1,
      candidateId: candidate ?? null,
      candidateVersion: 2,
      ...values,
    })
    .returning({ id: retrainingCycles.id });
  return cycle?.id ?? "";
}

/** Logs labelled requests of an arm of the rollout, of which so many were wrong. */
async function addLabelled(arm: "stable" | "canary", count: number, wrong: number): Promise<void> {
  const requests = Array.from({ length: count }, (_, at) => ({ requestId: `${arm}-${at}`, isWrong: at < wrong }));
  await db.insert(predictions).values(
    requests.map(({ requestId }) => ({
      id: randomUUID(),
      workspaceId,
      endpointId,
      requestId,
      arm,
      at: new Date(now),
      versionId: (arm === "stable" ? champion : candidate) ?? "",
      status: 200,
      provider: "cpu",
      latencyMs: 3,
      answer: "1",
      rollout: { id: rolloutId, step: 1, weight: 0.5, unit: requestId, isSampled: true },
    })),
  );
  await db.insert(predictionLabels).values(
    requests.map(({ requestId, isWrong }) => ({
      workspaceId,
      endpointId,
      requestId,
      label: isWrong ? "2" : "1",
      observedAt: new Date(now),
    })),
  );
}

const outcomeOf = async (number: number) => (await getRetrainingCycle(ctx, { model, number })).outcome;
const noticesOf = (id: string) =>
  db
    .select({ message: notifications.message })
    .from(notifications)
    .where(like(notifications.deduplicationKey, `retraining:${id}:%`));

beforeAll(async () => {
  await db.insert(monitors).values({ endpointId, workspaceId, settings: { maturityMs: horizonMs }, updatedBy: "test" });
});

test("measures an adoption by both arms of its rollout, and two workers write it once", async () => {
  await addLabelled("stable", 1000, 200);
  await addLabelled("canary", 1000, 80);
  await setPrices(ctx, {
    prices: [{ item: "core-hour", amount: 2, variant: "" }],
    currency: "EUR",
    from: new Date(now - 2 * dayMs),
    reason: "a test",
  });
  const job = await newTrainingJob(ctx);
  await startAttempt(ctx, await launchJob(ctx, job.id));
  const times = { startedAt: new Date(now - 2 * hourMs), endedAt: new Date(now) };
  await db.update(trainingAttempts).set(times).where(eq(trainingAttempts.jobId, job.id));
  const { cost } = await getJob(ctx, job.id);
  const endedAt = new Date(now + hourMs);
  const id = await newAdopted({ number: 1, endedAt, rolloutId, jobId: job.id });

  expect(await assessCycle(worker, id, endedAt.getTime() + horizonMs - 1)).toBe(false);
  const due = endedAt.getTime() + horizonMs;
  const written = await Promise.all([assessCycle(worker, id, due), assessCycle(worker, id, due)]);
  expect(written.toSorted()).toEqual([false, true]);
  expect(await assessCycle(worker, id, due + dayMs)).toBe(false);
  const outcome = await outcomeOf(1);
  expect(outcome).toMatchObject({
    verdict: "helped",
    metric: "accuracy",
    compared: "rollout",
    rows: 1000,
    cost,
    currency: "EUR",
    dataAgeDays: null,
    at: new Date(due).toISOString(),
  });
  expect(cost).toBeGreaterThan(0);
  expect(outcome?.candidate).toBeCloseTo(0.92, 9);
  expect(outcome?.champion).toBeCloseTo(0.8, 9);
  expect(outcome?.difference).toBeCloseTo(0.12, 9);
  expect(outcome?.low).toBeGreaterThan(0.05);
  expect(outcome?.high).toBeLessThan(0.19);
  expect(await noticesOf(id)).toMatchObject([
    {
      message: {
        title: "digits: retraining cycle 1 helped",
        lines: [outcome?.words],
        links: [{ path: "/retraining/digits/1" }],
      },
    },
  ]);
});

test("compares the week after with the week before where no labels of the rollout came", async () => {
  const endedAt = new Date(now + hourMs);
  const id = await newAdopted({ number: 2, endedAt });
  const hour = Math.floor(now / hourMs) * hourMs;
  await addQualityHour(ctx, {
    endpointId,
    versionId: champion ?? "",
    hour: hour - dayMs,
    confusion: [
      ["1", "1", 270],
      ["1", "2", 30],
    ],
  });
  await addQualityHour(ctx, {
    endpointId,
    versionId: candidate ?? "",
    hour: hour + dayMs,
    confusion: [
      ["1", "1", 200],
      ["1", "2", 100],
    ],
  });
  const week = endedAt.getTime() + horizonMs + 7 * dayMs;
  expect(await assessCycle(worker, id, week - 1)).toBe(false);
  expect(await assessCycle(worker, id, week)).toBe(true);
  const outcome = await outcomeOf(2);
  expect(outcome).toMatchObject({ verdict: "harmed", compared: "before", champion: 0.9, rows: 300, cost: null });
  expect(outcome?.difference).toBeCloseTo(200 / 300 - 0.9, 9);
});

test("writes after the deadline that it is not known, and of no cycle that adopted nothing", async () => {
  const endedAt = new Date(now - 90 * dayMs);
  const id = await newAdopted({ number: 3, endedAt });
  const deadline = endedAt.getTime() + 2 * horizonMs + 7 * dayMs;
  expect(await assessCycle(worker, id, deadline - 1)).toBe(false);
  expect(await assessCycle(worker, id, deadline)).toBe(true);
  expect(await outcomeOf(3)).toMatchObject({ verdict: "not-known", metric: null, rows: 0 });
  const rejected = await newAdopted({ number: 4, endedAt, state: "rejected", rejectedAt: "evaluation" });
  expect(await assessCycle(worker, rejected, deadline)).toBe(false);
  expect(await assessCycle(outsider, rejected, deadline)).toBe(false);
});

test("adds up what a policy gained, for its own workspace", async () => {
  const gains = await getRetrainingGains(ctx, model);
  expect(gains).toMatchObject({
    cycles: 4,
    adopted: 3,
    helped: 1,
    harmed: 1,
    notKnown: 1,
    metric: "accuracy",
    currency: "EUR",
    byTrigger: [{ trigger: "drift", cycles: 4, adopted: 3 }],
  });
  expect(gains.gained?.sum).toBeCloseTo(0.12 + 200 / 300 - 0.9, 9);
  expect(gains.words).toMatch(/^The policy started 4 trainings, 3 were adopted and lost 11\.3 points of accuracy; €/);
  await expect(getRetrainingGains(outsider, model)).rejects.toMatchObject({ code: "not-found" });
});

test("finds the policy of the model that an endpoint serves", async () => {
  expect(await findPolicyOfEndpoint(ctx, endpointId)).toEqual({ model });
  expect(await findPolicyOfEndpoint(outsider, endpointId)).toBeNull();
  const { id } = await createEndpoint(ctx, { name: "other" });
  expect(await findPolicyOfEndpoint(ctx, id)).toBeNull();
});
