import { describe, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { deleteAlias } from "../../develop/registry/aliases/delete-alias.ts";
import { listAliasChanges } from "../../develop/registry/aliases/queries.ts";
import { setAlias } from "../../develop/registry/aliases/set-alias.ts";
import { setPolicy } from "../../develop/registry/policy/set-policy.ts";
import { deleteVersionTag } from "../../develop/registry/tags/delete-version-tag.ts";
import { setVersionTag } from "../../develop/registry/tags/set-version-tag.ts";
import { deleteModelVersion } from "../../develop/registry/versions/delete-model-version.ts";
import { getVersionByAlias } from "../../develop/registry/versions/queries.ts";
import { updateModelVersion } from "../../develop/registry/versions/update-model-version.ts";
import {
  accuracyGate,
  colleague,
  measuredModel,
  runGatesNow,
} from "../../testing/fixtures/registry/requests/testing.ts";
import { auditActions, lastAudit, waitingJobs } from "../../testing/fixtures/registry/testing.ts";
import { waiveGate } from "../gates/waive-gate.ts";
import { approvePromotion } from "./approve-promotion.ts";
import { getPromotionRequest, listPromotionRequests } from "./queries.ts";
import { rejectPromotion } from "./reject-promotion.ts";
import { requestPromotion } from "./request-promotion.ts";
import { withdrawPromotion } from "./withdraw-promotion.ts";

const champion = { name: "a", alias: "champion" };
const input = { ...champion, version: 2, reason: "better on the north depots" };
const championOf = async (ctx: Context) => (await getVersionByAlias(ctx, champion)).version;

/** Sets up v1 as champion; v2 equally good; v3 much worse; the alias is protected and accuracy is on the checklist. */
async function setUpFixture(ctx: Context) {
  await measuredModel(ctx, "a", [0.96, 0.961, 0.8]);
  await setAlias(ctx, { ...champion, version: 1 });
  const policy = { protectedAliases: ["champion"], gates: [accuracyGate] };
  await setPolicy(ctx, { name: "a", policy, reason: "four eyes" });
  return { author: as(ctx, "member"), other: await colleague(ctx) };
}

test(
  "runs gates in a job, requires approval by another user, and moves the alias with history and audit",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    const { id, ...request } = await requestPromotion(author, input);
    expect(request).toMatchObject({ state: "checking", fromVersion: 1, isMine: true, decision: null });
    expect(await waitingJobs(ctx)).toContainEqual({
      name: "run-gates",
      data: expect.objectContaining({ alias: "champion" }),
    });
    await runGatesNow(ctx, "a", 2);
    const [ready] = await listPromotionRequests(other, { name: "a", which: "mine-to-decide" });
    expect(ready).toMatchObject({
      id,
      state: "ready",
      isMine: false,
      gates: [{ standing: "passed", run: { measured: 0.961, baselineVersion: 1, verdict: "passed" } }],
    });
    expect(await listPromotionRequests(author, { which: "mine-to-decide" })).toEqual([]);
    const approved = await approvePromotion(other, { id, reason: "looks right", fromVersion: 1 });
    expect(approved).toMatchObject({ state: "approved", decision: { by: other.actor.name, reason: "looks right" } });
    expect(await championOf(ctx)).toBe(2);
    const [change] = await listAliasChanges(ctx, { name: "a" });
    expect(change).toMatchObject({ fromVersion: 1, toVersion: 2, cause: "request", requestId: id });
    expect((await auditActions(ctx)).slice(-2)).toEqual(["promotion.requested", "promotion.approved"]);
    expect(await lastAudit(ctx)).toMatchObject({ actorName: other.actor.name, before: { version: 1 } });
    const after = await getPromotionRequest(ctx, id);
    expect(after).toMatchObject({ fromVersion: 1, gates: [{ standing: "passed" }] });
  }),
);

describe("approval by the author", () => {
  test(
    "rejects the author and the author's tokens",
    inWorkspace(async (ctx) => {
      await setUpFixture(ctx);
      const { id } = await requestPromotion(ctx, input);
      await runGatesNow(ctx, "a", 2);
      const refused = { code: "forbidden", message: expect.stringContaining("someone else") };
      await expect(approvePromotion(ctx, { id })).rejects.toMatchObject(refused);
      const { token } = await createToken(ctx, { name: "ci", scopes: ["registry", "read"] });
      const byToken: Context = { ...ctx, actor: { ...ctx.actor, kind: "token", id: token.id } };
      await expect(approvePromotion(byToken, { id })).rejects.toMatchObject(refused);
      expect(await getPromotionRequest(byToken, id)).toMatchObject({ isMine: true });
      expect(await championOf(ctx)).toBe(1);
    }),
  );

  test(
    "rejects a member, and accepts an operator's token for a request of another user",
    inWorkspace(async (ctx) => {
      const { author, other } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      await expect(approvePromotion(as(other, "member"), { id })).rejects.toMatchObject({ code: "forbidden" });
      const { token } = await createToken(other, { name: "ci", scopes: ["registry", "read"] });
      const byToken: Context = { ...other, actor: { ...other.actor, kind: "token", id: token.id } };
      expect(await approvePromotion(byToken, { id })).toMatchObject({ state: "approved" });
    }),
  );
});

describe("failed gate", () => {
  test(
    "blocks the request until it is waived by name, with a reason and an end",
    inWorkspace(async (ctx) => {
      const { author, other } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, { ...input, version: 3 });
      await runGatesNow(ctx, "a", 3);
      const held = await getPromotionRequest(ctx, id);
      expect(held).toMatchObject({ state: "held", words: "Blocked by accuracy", gates: [{ standing: "failed" }] });
      await expect(approvePromotion(other, { id })).rejects.toMatchObject({ code: "conflict" });
      const until = new Date(Date.now() + dayMs);
      const waiver = { ...champion, version: 3, gate: "metric:accuracy", reason: "only for the pilot", until };
      await expect(waiveGate(as(other, "member"), waiver)).rejects.toMatchObject({ code: "forbidden" });
      await expect(waiveGate(other, { ...waiver, until: new Date(0) })).rejects.toMatchObject({ code: "invalid" });
      await expect(waiveGate(other, { ...waiver, gate: "signature" })).rejects.toMatchObject({ code: "not-found" });
      await waiveGate(other, waiver);
      expect(await lastAudit(ctx)).toMatchObject({
        action: "gate.waived",
        before: { verdict: "failed" },
        reason: "only for the pilot",
      });
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ state: "ready", gates: [{ standing: "waived" }] });
      expect(await approvePromotion(other, { id })).toMatchObject({ state: "approved" });
    }),
  );

  test(
    "cannot be waived if it passed or was not run",
    inWorkspace(async (ctx) => {
      const { other } = await setUpFixture(ctx);
      const until = new Date(Date.now() + dayMs);
      const waiver = { ...champion, version: 2, gate: "metric:accuracy", reason: "x", until };
      await expect(waiveGate(other, waiver)).rejects.toMatchObject({ code: "conflict" });
      await runGatesNow(ctx, "a", 2);
      await expect(waiveGate(other, waiver)).rejects.toMatchObject({ code: "conflict" });
    }),
  );
});

describe("changes before approval", () => {
  test(
    "marks the evidence stale after a champion change, and reruns the gates before approval",
    inWorkspace(async (ctx) => {
      const { author, other } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      await setAlias(other, { ...champion, version: 3, reason: "v1 answers nonsense" });
      const jobs = (await waitingJobs(ctx)).filter((job) => JSON.stringify(job).includes("run-gates"));
      expect(jobs).toHaveLength(2);
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ state: "checking", gates: [{ standing: "stale" }] });
      await expect(approvePromotion(other, { id })).rejects.toMatchObject({ code: "conflict" });
      await runGatesNow(ctx, "a", 2);
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ gates: [{ run: { baselineVersion: 3 } }] });
      await expect(approvePromotion(other, { id, fromVersion: 1 })).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("changed in the meantime"),
      });
      expect(await approvePromotion(other, { id, fromVersion: 3 })).toMatchObject({ state: "approved" });
    }),
  );

  test.each<[string, (ctx: Context) => Promise<unknown>]>([
    ["a description", (ctx) => updateModelVersion(ctx, { name: "a", version: 2, description: "Sorts parcels." })],
    ["a tag", (ctx) => setVersionTag(ctx, { name: "a", version: 2, key: "licence", value: "mit" })],
    ["a tag that is taken off", (ctx) => deleteVersionTag(ctx, { name: "a", version: 2, key: "old" })],
  ])("reruns only the gates of the changed version for %s", (_what, change) =>
    inWorkspace(async (ctx) => {
      const { author } = await setUpFixture(ctx);
      await setVersionTag(ctx, { name: "a", version: 2, key: "old", value: "x" });
      await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      const checks = async () => (await waitingJobs(ctx)).filter((job) => JSON.stringify(job).includes("run-gates"));
      const requested = (await checks()).length;
      await updateModelVersion(ctx, { name: "a", version: 1, description: "another version" });
      expect(await checks()).toHaveLength(requested);
      await change(ctx);
      expect(await checks()).toHaveLength(requested + 1);
    })(),
  );

  test(
    "runs the gates once for any number of changes before they start, and once more for those after",
    inWorkspace(async (ctx) => {
      const { author } = await setUpFixture(ctx);
      await requestPromotion(author, input);
      const checks = async () => (await waitingJobs(ctx)).filter(({ name }) => name === "run-gates");
      const edit = (value: string) => setVersionTag(ctx, { name: "a", version: 2, key: "note", value });
      for (let change = 0; change < 50; change += 1) await edit(String(change));
      expect(await checks()).toHaveLength(1);
      await runGatesNow(ctx, "a", 2);
      for (let change = 0; change < 5; change += 1) await edit(`later ${change}`);
      expect(await checks()).toHaveLength(2);
    }),
  );

  test(
    "reruns the gates when the alias is deleted",
    inWorkspace(async (ctx) => {
      const { author, other } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      await deleteAlias(other, { ...champion, reason: "v1 answers nonsense" });
      const jobs = (await waitingJobs(ctx)).filter((job) => JSON.stringify(job).includes("run-gates"));
      expect(jobs).toHaveLength(2);
      await runGatesNow(ctx, "a", 2);
      expect(await getPromotionRequest(ctx, id)).toMatchObject({
        state: "ready",
        gates: [{ run: { baselineVersion: null } }],
      });
    }),
  );

  test(
    "marks the evidence stale after a policy change",
    inWorkspace(async (ctx) => {
      const { author } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      const stricter = { protectedAliases: ["champion"], gates: [{ ...accuracyGate, margin: 0.001 }] };
      await setPolicy(ctx, { name: "a", policy: stricter, reason: "stricter" });
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ state: "checking" });
      await runGatesNow(ctx, "a", 2);
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ state: "held", gates: [{ standing: "pending" }] });
    }),
  );

  test(
    "voids the request when its version is deleted, and rejects its approval",
    inWorkspace(async (ctx) => {
      const { author, other } = await setUpFixture(ctx);
      const { id } = await requestPromotion(author, input);
      await runGatesNow(ctx, "a", 2);
      await deleteModelVersion(ctx, { name: "a", version: 2 });
      expect(await getPromotionRequest(ctx, id)).toMatchObject({ state: "void", version: 2, gates: [] });
      await expect(approvePromotion(other, { id })).rejects.toMatchObject({ code: "conflict" });
      expect(await listPromotionRequests(ctx, { which: "open" })).toEqual([]);
      expect(await withdrawPromotion(author, { id, reason: "gone" })).toMatchObject({ state: "withdrawn" });
    }),
  );
});

test(
  "allows others to reject and the author to withdraw a request, and decides it once",
  inWorkspace(async (ctx) => {
    const { author, other } = await setUpFixture(ctx);
    const first = await requestPromotion(author, input);
    await expect(requestPromotion(other, input)).rejects.toMatchObject({ code: "conflict" });
    await expect(rejectPromotion(as(author, "operator"), { id: first.id, reason: "no" })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(withdrawPromotion(other, { id: first.id, reason: "no" })).rejects.toMatchObject({ code: "forbidden" });
    const rejected = await rejectPromotion(other, { id: first.id, reason: "measure the south too" });
    expect(rejected).toMatchObject({ state: "rejected", decision: { reason: "measure the south too" } });
    await expect(withdrawPromotion(author, { id: first.id, reason: "x" })).rejects.toMatchObject({ code: "conflict" });
    const second = await requestPromotion(author, input);
    expect(await listPromotionRequests(ctx, { name: "a", version: 2 })).toHaveLength(2);
    expect(await listPromotionRequests(ctx, { name: "a", version: 3 })).toEqual([]);
    expect(await withdrawPromotion(author, { id: second.id, reason: "later" })).toMatchObject({ state: "withdrawn" });
    await expect(requestPromotion(author, { ...input, version: 1 })).rejects.toMatchObject({ code: "conflict" });
    await expect(requestPromotion(author, { ...input, version: 9 })).rejects.toMatchObject({ code: "not-found" });
    await expect(getPromotionRequest(await newWorkspace(ctx.db), first.id)).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await championOf(ctx)).toBe(1);
  }),
);

test("moves the alias once when two users approve concurrently", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { author, other } = await setUpFixture(ctx);
  const { id } = await requestPromotion(author, input);
  await runGatesNow(ctx, "a", 2);
  const third = await colleague(ctx, "admin");
  const predictions = await Promise.allSettled([approvePromotion(other, { id }), approvePromotion(third, { id })]);
  expect(predictions.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(predictions.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
  expect(await listAliasChanges(ctx, { name: "a" })).toHaveLength(2);
});

test("keeps alias and history consistent when an approval and a manual move are concurrent", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { author, other } = await setUpFixture(ctx);
  const { id } = await requestPromotion(author, input);
  await runGatesNow(ctx, "a", 2);
  const byHand = setAlias(ctx, { ...champion, version: 3, reason: "at once" });
  await Promise.allSettled([approvePromotion(other, { id }), byHand]);
  const changes = (await listAliasChanges(ctx, { name: "a" })).toReversed();
  for (const [index, { fromVersion }] of changes.entries()) {
    expect(fromVersion).toBe(changes[index - 1]?.toVersion ?? null);
  }
  expect(await championOf(ctx)).toBe(changes.at(-1)?.toVersion);
});
