import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { artifactFiles, inferenceTasks, taskInputs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import {
  ago,
  gatewayUrl,
  newStore,
  newTaskEndpoint,
  openRules,
  requestBody,
  rowOf,
} from "../../testing/fixtures/serving/tasks/testing.ts";
import { claimTasks } from "./claim-tasks.ts";
import { deleteExpiredTasks } from "./delete-expired-tasks.ts";
import { endAttempt } from "./end-task.ts";
import { keepResult } from "./keep-result.ts";
import { storeTaskInput } from "./store-task-input.ts";
import { submitTask } from "./submit-task.ts";
import { openTaskResult } from "./task-queries.ts";

const past = (seconds: number) => new Date(Date.now() - seconds * 1000);
const day = 86_400;

async function claimOne(ctx: Context, endpointId: string) {
  const [task] = await claimTasks(ctx.db, [{ endpointId, count: 1 }]);
  if (!task) throw new Error("Nothing was due.");
  return task;
}

test(
  "deletes tasks and files after their retention, and unreferenced inputs and crash leftovers",
  inWorkspace(async (ctx) => {
    const artifacts = await newStore();
    const endpointId = await newTaskEndpoint(ctx, { keptDays: 2 });
    const { id: inputId } = await storeTaskInput(ctx, Readable.from([requestBody()]), artifacts);
    const intake = { artifacts, rules: openRules };
    const { id } = await submitTask(ctx, { endpointId, inputId }, undefined, intake);
    const large = Buffer.alloc(300_000, "x");
    const files = () => ctx.db.$count(artifactFiles, eq(artifactFiles.workspaceId, ctx.actor.workspaceId));
    // The first try leaves a file and dies.
    for (const lease of ["first", "second"]) {
      const claimed = await claimOne(ctx, endpointId);
      const key = `${ctx.actor.workspaceId}/tasks/results/${id}/${lease}`;
      const result = await keepResult(ctx, claimed, { key, body: large, headerLength: null }, artifacts);
      if (lease === "first") await ago(ctx, id, { dueAt: past(1) });
      else await endAttempt(ctx, claimed, { kind: "succeeded", servedVersion: 3, provider: "cpu", result }, gatewayUrl);
    }
    const opened = await openTaskResult(ctx, { taskId: id }, artifacts);
    expect((await text(opened.body)).length).toBe(large.length);
    expect(await files()).toBe(3);
    await ctx.db.update(taskInputs).set({ expiresAt: past(2 * 3600) });
    await ago(ctx, id, { finishedAt: past(1.9 * day) });
    await deleteExpiredTasks(ctx, artifacts);
    expect(await files()).toBe(3);
    await ago(ctx, id, { finishedAt: past(2.1 * day) });
    await deleteExpiredTasks(ctx, artifacts);
    expect(await files()).toBe(0);
    expect([await ctx.db.$count(inferenceTasks), await ctx.db.$count(taskInputs)]).toEqual([0, 0]);
    expect(await artifacts.list(`${ctx.actor.workspaceId}/tasks/results`)).toEqual([]);
  }),
);

test(
  "leaves a row to clean up an aborted upload, and rejects it as a task input",
  inWorkspace(async (ctx) => {
    const artifacts = await newStore();
    const endpointId = await newTaskEndpoint(ctx);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(10);
        throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
      })(),
    );
    await expect(storeTaskInput(ctx, broken, artifacts)).rejects.toMatchObject({ code: "invalid" });
    const [row] = await ctx.db.select().from(taskInputs);
    const named = submitTask(ctx, { endpointId, inputId: row?.id }, undefined, { artifacts, rules: openRules });
    await expect(named).rejects.toMatchObject({ code: "not-found" });
    await ctx.db.update(taskInputs).set({ expiresAt: past(2 * 3600) });
    await deleteExpiredTasks(ctx, artifacts);
    expect(await ctx.db.$count(taskInputs)).toBe(0);
  }),
);

test(
  "stores a body too large for a row as a file, like an upload",
  inWorkspace(async (ctx) => {
    const artifacts = await newStore();
    const endpointId = await newTaskEndpoint(ctx);
    const body = Buffer.alloc(300_000, " ");
    const { id } = await submitTask(ctx, { endpointId, body }, undefined, { artifacts, rules: openRules });
    expect(await rowOf(ctx, id)).toMatchObject({ input: null, inputBytes: 300_000 });
    const claimed = await claimOne(ctx, endpointId);
    expect((await text(await artifacts.open(claimed.inputKey ?? ""))).length).toBe(300_000);
  }),
);
