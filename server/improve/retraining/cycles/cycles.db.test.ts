import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { retrainingCycles, retrainingDecisions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { newPolicyInput } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import { createRetrainingPolicy } from "../policies/create-retraining-policy.ts";
import { deleteRetrainingPolicy } from "../policies/delete-retraining-policy.ts";
import { pauseRetrainingPolicy } from "../policies/pause-retraining-policy.ts";
import { getRetrainingPolicy } from "../policies/queries.ts";
import { approveRetrainingCycle } from "./approve-retraining-cycle.ts";
import { declineRetrainingCycle } from "./decline-retraining-cycle.ts";
import { endRetrainingCycle } from "./end-retraining-cycle.ts";
import { getRetrainingCycle, listRetrainingCycles } from "./queries.ts";
import { requestRetraining } from "./request-retraining.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const other = await newMember(ctx, "operator", { name: "Ada" });
const outsider = await newWorkspace(db);
const policy = await createRetrainingPolicy(ctx, await newPolicyInput(ctx));
const model = "digits";
const reason = "the new sensor";

const change = (id: string, values: Partial<typeof retrainingCycles.$inferInsert>) =>
  db.update(retrainingCycles).set(values).where(eq(retrainingCycles.id, id));
const asked = { askedAt: new Date(0).toISOString(), decision: null };

test("starts one cycle for a person though the policy holds, from what it holds", async () => {
  await pauseRetrainingPolicy(ctx, { model, reason: "sale" });
  const evidence = [{ key: "drift:1", trigger: "drift" as const, words: "age has drifted.", since: 0, labelsFrom: 0 }];
  const holds = [{ code: "paused" as const, words: "The policy is paused.", until: null }];
  const decided = { workspaceId: ctx.actor.workspaceId, policyId: policy.id, revision: 1 };
  await db.insert(retrainingDecisions).values({ ...decided, kind: "held", evidence, holds });
  const requested = await requestRetraining(ctx, { model, reason });
  expect(requested.holds).toEqual(holds);
  expect(requested.cycle).toMatchObject({
    number: 1,
    state: "requested",
    evidence,
    requestedBy: ctx.actor.name,
    requestReason: reason,
    championVersion: 1,
    steps: [{ state: "requested" }],
    parts: { data: null, job: null, comparison: null, approval: null, rollout: null },
    isMine: true,
  });
  await expect(requestRetraining(ctx, { model, reason })).rejects.toMatchObject({ code: "conflict" });
  await expect(requestRetraining(outsider, { model, reason })).rejects.toMatchObject({ code: "not-found" });
  expect(await getRetrainingPolicy(ctx, model)).toMatchObject({ openCycle: { number: 1 }, counts: { cycles: 1 } });
  await expect(deleteRetrainingPolicy(ctx, model)).rejects.toMatchObject({ code: "conflict" });
});

test("makes a variant by another template, which only has to be as good on the frozen set", async () => {
  const asker = await newWorkspace(db);
  const own = await createRetrainingPolicy(asker, await newPolicyInput(asker));
  const variant = { template: "Quantise to int8: digits 1", dataset: "calibration" };
  const { cycle } = await requestRetraining(asker, { model, reason: "smaller", variant });
  expect(cycle.evidence).toEqual([]);
  expect(cycle.plan.job).toMatchObject({ ...variant, parameters: {} });
  expect(cycle.plan.compare).toEqual({ ...own.plan.compare, freshSet: null });
  expect(cycle.plan.release).toEqual(own.plan.release);
});

test("asks an open cycle to end, once", async () => {
  const first = await endRetrainingCycle(ctx, { model, number: 1, reason });
  expect(first.cancelRequest).toMatchObject({ by: ctx.actor.name, reason });
  const again = await endRetrainingCycle(other, { model, number: 1, reason: "another" });
  expect(again.cancelRequest).toEqual(first.cancelRequest);
  await change(first.id, { approval: asked });
  await expect(approveRetrainingCycle(other, { model, number: 1, reason })).rejects.toMatchObject({ code: "conflict" });
  await change(first.id, { state: "cancelled", endedAt: new Date() });
  await expect(endRetrainingCycle(ctx, { model, number: 1, reason })).rejects.toMatchObject({ code: "conflict" });
  await expect(endRetrainingCycle(ctx, { model, number: 9, reason })).rejects.toMatchObject({ code: "not-found" });
});

test("takes an approval that is asked for from somebody else than the requester, once", async () => {
  const { id } = (await requestRetraining(ctx, { model, reason })).cycle;
  const key = { model, number: 2, reason };
  await expect(approveRetrainingCycle(other, key)).rejects.toMatchObject({ code: "conflict" });
  await change(id, { state: "approving", approval: asked });
  await expect(approveRetrainingCycle(ctx, key)).rejects.toMatchObject({ code: "forbidden" });
  // A token of the same person is the same person.
  const { token } = await createToken(ctx, { name: "CI", scopes: ["serving"] });
  const actor = { ...ctx.actor, kind: "token" as const, id: token.id, name: `${ctx.actor.name} (CI)` };
  await expect(approveRetrainingCycle({ ...ctx, actor }, key)).rejects.toMatchObject({ code: "forbidden" });
  const approved = await approveRetrainingCycle(other, key);
  expect(approved.parts.approval?.decision).toMatchObject({ isGiven: true, by: "Ada", reason });
  await expect(declineRetrainingCycle(other, key)).rejects.toMatchObject({ code: "conflict" });
  await change(id, { approval: asked });
  const declined = await declineRetrainingCycle(other, key);
  expect(declined.parts.approval?.decision).toMatchObject({ isGiven: false });
});

test("lists cycles newest first, page by page, with their ends", async () => {
  const page = await listRetrainingCycles(ctx, { model, limit: 1 });
  expect(page.map(({ number }) => number)).toEqual([2]);
  expect(await listRetrainingCycles(ctx, { model, before: 2 })).toMatchObject([{ number: 1, state: "cancelled" }]);
  expect((await getRetrainingCycle(other, { model, number: 2 })).isMine).toBe(false);
  await expect(getRetrainingCycle(outsider, { model, number: 2 })).rejects.toMatchObject({ code: "not-found" });
});
