import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, evaluationSets, retrainingDecisions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { systemContext } from "#server/base/context.ts";
import { newPolicyInput, newReadySet } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";
import type { CreateRetrainingPolicy } from "./contract.ts";
import { createRetrainingPolicy } from "./create-retraining-policy.ts";
import { deleteRetrainingPolicy } from "./delete-retraining-policy.ts";
import { pauseRetrainingPolicy } from "./pause-retraining-policy.ts";
import { getRetrainingPolicy, listRetrainingDecisions, listRetrainingPolicies } from "./queries.ts";
import { resumeRetrainingPolicy } from "./resume-retraining-policy.ts";
import { updateRetrainingPolicy } from "./update-retraining-policy.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db, "operator");
const admin = { ...ctx, actor: { ...ctx.actor, role: "admin" as const } };
const input = await newPolicyInput(admin);
const model = "digits";
const outsider = await newWorkspace(db);

test("refuses what rules and plan name and is not there, with the field", async () => {
  const { rules, plan } = input;
  const trigger = (one: NonNullable<CreateRetrainingPolicy["rules"]["triggers"]>[number]) => ({
    rules: { ...rules, triggers: [...rules.triggers, one] },
  });
  const compare = (frozenSet: string) => ({ plan: { ...plan, compare: { frozenSet } } });
  const retired = await newReadySet(ctx);
  await db.update(evaluationSets).set({ retiredAt: new Date() }).where(eq(evaluationSets.id, retired));
  const unread = await newReadySet(ctx);
  await db.update(evaluationSets).set({ state: "running" }).where(eq(evaluationSets.id, unread));
  const cases: [Partial<CreateRetrainingPolicy>, string][] = [
    [{ ownerId: outsider.actor.id }, "ownerId"],
    [trigger({ kind: "slo", slo: randomUUID() }), "rules.triggers.1.slo"],
    [trigger({ kind: "dataset", dataset: "none" }), "rules.triggers.1.dataset"],
    [trigger({ kind: "schedule", cron: "0 25 * * *", timeZone: "UTC" }), "rules.triggers.1.cron"],
    [trigger({ kind: "schedule", cron: "0 5 * * *", timeZone: "Lisbon" }), "rules.triggers.1.timeZone"],
    [{ plan: { ...plan, data: { kind: "labels", project: 1, dataset: "rows" } } }, "plan.data.project"],
    [{ plan: { ...plan, data: { kind: "training-set", name: "none" } } }, "plan.data.name"],
    [{ plan: { ...plan, data: { kind: "dataset", name: "none" } } }, "plan.data.name"],
    [{ plan: { ...plan, job: { template: "none" } } }, "plan.job.template"],
    [{ plan: { ...plan, job: { template: "digits", parameters: { lr: 2 } } } }, "plan.job.parameters.lr"],
    [compare(randomUUID()), "plan.compare.frozenSet"],
    [compare(retired), "plan.compare.frozenSet"],
    [compare(unread), "plan.compare.frozenSet"],
    [compare(await newReadySet(ctx, "regression")), "plan.compare.frozenSet"],
    [{ plan: { ...plan, compare: { ...plan.compare, freshSet: "none" } } }, "plan.compare.freshSet"],
  ];
  for (const [change, field] of cases) {
    await expect(createRetrainingPolicy(ctx, { ...input, ...change }), field).rejects.toMatchObject({
      code: "invalid",
      field,
    });
  }
  const system = systemContext(db, ctx.actor.workspaceId, "demo");
  await expect(createRetrainingPolicy(system, input)).rejects.toMatchObject({ field: "ownerId" });
  await expect(createRetrainingPolicy(ctx, { ...input, model: "none" })).rejects.toMatchObject({ code: "not-found" });
  expect(await listRetrainingPolicies(ctx)).toEqual([]);
});

test("creates, changes, pauses and resumes the one policy of a model", async () => {
  const created = await createRetrainingPolicy(ctx, input);
  expect(created).toMatchObject({
    model,
    endpoint: { name: "digits" },
    revision: 1,
    rules: { combine: "any", limits: { cooldownHours: 24 } },
    owner: { id: ctx.actor.id },
    paused: null,
    decision: null,
    openCycle: null,
    counts: { cycles: 0, adopted: 0, rejected: 0 },
  });
  await expect(createRetrainingPolicy(ctx, input)).rejects.toMatchObject({ code: "conflict", field: "model" });
  await expect(getRetrainingPolicy(outsider, model)).rejects.toMatchObject({ code: "not-found" });
  await expect(updateRetrainingPolicy(outsider, { model })).rejects.toMatchObject({ code: "not-found" });

  const rules = { triggers: [{ kind: "labels" as const, atLeast: 100 }] };
  expect(await updateRetrainingPolicy(ctx, { model, rules, revision: 1 })).toMatchObject({ revision: 2, rules });
  await expect(updateRetrainingPolicy(ctx, { model, rules, revision: 1 })).rejects.toMatchObject({ code: "conflict" });
  const member = await newMember(ctx, "member", { name: "Ada" });
  const owned = await updateRetrainingPolicy(ctx, { model, ownerId: member.actor.id });
  expect(owned).toMatchObject({ revision: 2, rules, owner: { name: "Ada" } });

  const paused = await pauseRetrainingPolicy(ctx, { model, reason: "sale" });
  expect(paused.paused).toMatchObject({ by: ctx.actor.name, reason: "sale" });
  await expect(pauseRetrainingPolicy(ctx, { model, reason: "sale" })).rejects.toMatchObject({ code: "conflict" });
  expect((await resumeRetrainingPolicy(ctx, model)).paused).toBeNull();
  await expect(resumeRetrainingPolicy(ctx, model)).rejects.toMatchObject({ code: "conflict" });
  const audited = await db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(
      and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.subject, `retraining-policy/${model}`)),
    )
    .orderBy(auditEvents.id);
  expect(audited.map(({ action }) => action.replace("retraining-policy.", ""))).toEqual([
    "created",
    "changed",
    "changed",
    "paused",
    "resumed",
  ]);
});

test("shows the newest decision, and deletes a policy with what it decided", async () => {
  const { id } = await getRetrainingPolicy(ctx, model);
  const one = { workspaceId: ctx.actor.workspaceId, policyId: id, revision: 2, evidence: [] };
  const hold = { code: "paused" as const, words: "The policy is paused.", until: null };
  await db.insert(retrainingDecisions).values([
    { ...one, kind: "held", holds: [hold], at: new Date(2) },
    { ...one, kind: "quiet", holds: [], at: new Date(1) },
  ]);
  const [listed] = await listRetrainingPolicies(ctx, { limit: 1 });
  expect(listed?.decision).toMatchObject({ kind: "held", holds: [hold], cycle: null });
  expect((await listRetrainingDecisions(ctx, { model })).map(({ kind }) => kind)).toEqual(["held", "quiet"]);
  await deleteRetrainingPolicy(ctx, model);
  await expect(deleteRetrainingPolicy(ctx, model)).rejects.toMatchObject({ code: "not-found" });
  expect(await db.$count(retrainingDecisions, eq(retrainingDecisions.policyId, id))).toBe(0);
});
