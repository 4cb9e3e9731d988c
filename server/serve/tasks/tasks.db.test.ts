import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, inferenceTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import {
  ago,
  gatewayUrl,
  newStore,
  newTaskEndpoint,
  openRules,
  requestBody,
  rowOf,
  submit,
} from "../../testing/fixtures/serving/tasks/testing.ts";
import { Protection } from "../protection/contract.ts";
import { setProtection } from "../protection/set-protection.ts";
import { getBacklog } from "./backlog.ts";
import { cancelOwnTask, cancelTask } from "./cancel-task.ts";
import { claimTasks } from "./claim-tasks.ts";
import { endAttempt } from "./end-task.ts";
import { recoverTasks } from "./recover-tasks.ts";
import { redriveTask, redriveTasks } from "./redrive-task.ts";
import { storeTaskInput } from "./store-task-input.ts";
import { submitTask } from "./submit-task.ts";
import { getOwnTask, getTask, listTasks, openTaskResult } from "./task-queries.ts";

const past = (seconds: number) => new Date(Date.now() - seconds * 1000);
const failure = { kind: "failed", errorStatus: 400, error: "the shape is wrong" } as const;
const response = Buffer.from('{"outputs":[]}');
const success = {
  kind: "succeeded",
  servedVersion: 3,
  provider: "cpu",
  result: { result: response, resultBytes: response.length, resultHeaderLength: null },
} as const;

async function claimOne(ctx: Context, endpointId: string) {
  const [task] = await claimTasks(ctx.db, [{ endpointId, count: 1 }]);
  if (!task) throw new Error("Nothing was due.");
  return task;
}

test(
  "returns the first task for a repeated key, and rejects a different request with the same key",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const id = await submit(ctx, endpointId, "key");
    expect(await submit(ctx, endpointId, "key")).toBe(id);
    const other = submit(ctx, endpointId, "key", { body: requestBody(9) });
    await expect(other).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("already used for a different request"),
    });
    await expect(submit(ctx, endpointId, "key", { expirySeconds: 5 })).rejects.toMatchObject({ code: "conflict" });
    expect(await ctx.db.$count(inferenceTasks)).toBe(1);
  }),
);

test(
  "rejects tasks with a retry time while the backlog is full, and accepts them again once one ends",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx, { backlogLimit: 2 });
    const id = await submit(ctx, endpointId);
    await submit(ctx, endpointId);
    await expect(submit(ctx, endpointId)).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 10 });
    await cancelTask(ctx, { taskId: id }, gatewayUrl);
    await submit(ctx, endpointId);
    expect(await getBacklog(ctx, { endpointId })).toMatchObject({ queued: 2, running: 0, limit: 2 });
  }),
);

test(
  "rejects a missing body, a body too large for the endpoint, an unsigned webhook and an archived endpoint",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const intake = { artifacts: await newStore(), rules: openRules };
    await expect(submitTask(ctx, { endpointId }, undefined, intake)).rejects.toThrow("Send either a request body");
    const unsigned = submit(ctx, endpointId, undefined, { webhookUrl: "http://127.0.0.1:1/" });
    await expect(unsigned).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("no webhook signing secret"),
    });
    const strict = { ...intake, rules: { allowsPrivate: false } };
    const input = { endpointId, body: requestBody(), webhookUrl: "https://127.0.0.1/" };
    await expect(submitTask(ctx, input, undefined, strict)).rejects.toMatchObject({ code: "invalid" });
    await setProtection(ctx, { endpointId, protection: Protection.parse({ bodyLimitBytes: 64 }) });
    await expect(submit(ctx, endpointId)).rejects.toMatchObject({ code: "too-large" });
    await archiveEndpoint(ctx, { endpointId, reason: "old" });
    await expect(submit(ctx, endpointId)).rejects.toMatchObject({ code: "conflict" });
    expect(await ctx.db.$count(inferenceTasks)).toBe(0);
  }),
);

test(
  "restricts a token to its own tasks and inputs unless it has the read scope",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const token = (id: string, ...scopes: string[]): Context => ({
      ...ctx,
      actor: { ...ctx.actor, kind: "token", id, scopes },
    });
    const mine = token("one", "infer");
    const taskId = await submit(mine, endpointId);
    expect(await getOwnTask(mine, { taskId })).toMatchObject({ id: taskId, state: "queued", endpoint: "digits" });
    for (const call of [getOwnTask, (ctx: Context, what: { taskId: string }) => cancelOwnTask(ctx, what, gatewayUrl)]) {
      await expect(call(token("other", "infer"), { taskId })).rejects.toMatchObject({ code: "not-found" });
    }
    expect(await getOwnTask(token("other", "infer", "read"), { taskId })).toMatchObject({ id: taskId });
    // It may look, but not meddle.
    const reader = cancelOwnTask(token("other", "infer", "read"), { taskId }, gatewayUrl);
    await expect(reader).rejects.toMatchObject({ code: "forbidden" });
    const artifacts = await newStore();
    const { id: inputId } = await storeTaskInput(mine, Readable.from([requestBody()]), artifacts);
    const intake = { artifacts, rules: openRules };
    const theirs = submitTask(token("other", "infer"), { endpointId, inputId }, undefined, intake);
    await expect(theirs).rejects.toMatchObject({ code: "not-found" });
    expect(await submitTask(mine, { endpointId, inputId }, undefined, intake)).toMatchObject({ state: "queued" });
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["another"] } };
    await expect(getTask(limited, { taskId })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "reassigns an expired lease and rejects the late result of the first gateway",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const id = await submit(ctx, endpointId);
    const first = await claimOne(ctx, endpointId);
    expect(await claimTasks(ctx.db, [{ endpointId, count: 9 }])).toEqual([]);
    await ago(ctx, id, { dueAt: past(1) });
    const second = await claimOne(ctx, endpointId);
    expect(second).toMatchObject({ id, attempts: 2, tries: 3 });
    expect(await endAttempt(ctx, first, failure, gatewayUrl)).toBe(false);
    expect(await endAttempt(ctx, second, success, gatewayUrl)).toBe(true);
    expect(await endAttempt(ctx, second, success, gatewayUrl)).toBe(false);
    expect(await getTask(ctx, { taskId: id })).toMatchObject({ state: "succeeded", attempts: 2, servedVersion: 3 });
    const { body, headerLength } = await openTaskResult(ctx, { taskId: id }, await newStore());
    expect([await text(body), headerLength]).toEqual([response.toString(), null]);
  }),
);

test(
  "moves a task whose gateways crash to the dead letters with the reason, and retries it on request",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx, { tries: 2 });
    const id = await submit(ctx, endpointId);
    for (let tries = 0; tries < 2; tries += 1) {
      await claimOne(ctx, endpointId);
      await ago(ctx, id, { dueAt: past(1) });
    }
    expect(await claimTasks(ctx.db, [{ endpointId, count: 1 }])).toEqual([]);
    await recoverTasks(ctx, gatewayUrl);
    const dead = { state: "failed", errorStatus: 500, error: expect.stringContaining("stopped before") };
    expect(await getTask(ctx, { taskId: id })).toMatchObject(dead);
    await expect(redriveTask(as(ctx, "member"), { taskId: id })).rejects.toMatchObject({ code: "forbidden" });
    expect(await redriveTask(ctx, { taskId: id, reason: "fixed" })).toMatchObject({ state: "queued", attempts: 0 });
    await expect(redriveTask(ctx, { taskId: id })).rejects.toMatchObject({ code: "conflict" });
    const audit = await ctx.db.select().from(auditEvents).where(eq(auditEvents.action, "task.redriven"));
    expect(audit).toMatchObject([{ after: { taskId: id }, reason: "fixed" }]);
    await endAttempt(ctx, await claimOne(ctx, endpointId), failure, gatewayUrl);
    expect(await redriveTasks(ctx, { endpointId })).toEqual({ redriven: 1 });
    expect(await redriveTasks(ctx, { endpointId })).toEqual({ redriven: 0 });
  }),
);

test(
  "keeps the reason of a postponed attempt until it is due, and does not count exempt attempts",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const id = await submit(ctx, endpointId);
    const again = { kind: "again", waitSeconds: 30, errorStatus: 500, error: "the worker died" } as const;
    await endAttempt(ctx, await claimOne(ctx, endpointId), { ...again, counts: true }, gatewayUrl);
    const waiting = await getTask(ctx, { taskId: id });
    expect(waiting).toMatchObject({ state: "queued", attempts: 1, error: "the worker died" });
    expect(waiting.nextTryAt?.getTime()).toBeGreaterThan(Date.now() + 20_000);
    expect(await claimTasks(ctx.db, [{ endpointId, count: 1 }])).toEqual([]);
    await ago(ctx, id, { dueAt: past(1) });
    await endAttempt(ctx, await claimOne(ctx, endpointId), { ...again, counts: false }, gatewayUrl);
    expect(await getTask(ctx, { taskId: id })).toMatchObject({ state: "queued", attempts: 1 });
  }),
);

test(
  "cancels a queued task immediately, discards the result of a running one, and keeps final states",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const [waiting, running] = [await submit(ctx, endpointId), await submit(ctx, endpointId)];
    await ago(ctx, waiting, { dueAt: new Date(Date.now() + 60_000) });
    const claimed = await claimOne(ctx, endpointId);
    expect(claimed.id).toBe(running);
    for (const taskId of [waiting, running, running]) {
      expect(await cancelTask(ctx, { taskId, reason: "wrong file" }, gatewayUrl)).toMatchObject({ state: "cancelled" });
    }
    expect(await endAttempt(ctx, claimed, success, gatewayUrl)).toBe(false);
    expect(await rowOf(ctx, running)).toMatchObject({ state: "cancelled", result: null });
    expect(await claimTasks(ctx.db, [{ endpointId, count: 9 }])).toEqual([]);
    const ended = await submit(ctx, endpointId);
    await endAttempt(ctx, await claimOne(ctx, endpointId), success, gatewayUrl);
    const late = cancelTask(ctx, { taskId: ended }, gatewayUrl);
    await expect(late).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("succeeded") });
    await expect(openTaskResult(ctx, { taskId: running }, await newStore())).rejects.toThrow("was cancelled");
  }),
);

test(
  "expires a task that did not start in time and never starts it",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const id = await submit(ctx, endpointId, undefined, { expirySeconds: 60 });
    const running = await submit(ctx, endpointId, undefined, { expirySeconds: 60 });
    await ago(ctx, id, { dueAt: new Date(Date.now() + 60_000) });
    await claimOne(ctx, endpointId);
    for (const each of [id, running]) await ago(ctx, each, { expiresAt: past(1) });
    await ago(ctx, id, { dueAt: past(1) });
    expect(await claimTasks(ctx.db, [{ endpointId, count: 9 }])).toEqual([]);
    await recoverTasks(ctx, gatewayUrl);
    // A started task may finish while its lease is valid.
    expect([(await rowOf(ctx, id)).state, (await rowOf(ctx, running)).state]).toEqual(["expired", "running"]);
    await ago(ctx, running, { dueAt: past(1) });
    await recoverTasks(ctx, gatewayUrl);
    expect((await rowOf(ctx, running)).state).toBe("expired");
  }),
);

test(
  "lists tasks by state, page by page, with the age of the oldest queued task",
  inWorkspace(async (ctx) => {
    const endpointId = await newTaskEndpoint(ctx);
    const ids: string[] = [];
    for (let age = 5; age > 0; age -= 1) {
      const id = await submit(ctx, endpointId);
      await ago(ctx, id, { submittedAt: past(age * 100) });
      ids.unshift(id);
    }
    await cancelTask(ctx, { taskId: ids[0] as string }, gatewayUrl);
    const first = await listTasks(ctx, { endpointId, limit: 2 });
    const second = await listTasks(ctx, { endpointId, limit: 3, after: first.next });
    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeUndefined();
    expect((await listTasks(ctx, { endpointId, state: "cancelled" })).tasks.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await getBacklog(ctx, { endpointId })).oldestSeconds).toBeGreaterThan(499);
  }),
);
