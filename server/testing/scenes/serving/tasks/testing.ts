import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { inferenceTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { createEndpoint } from "../../../../serve/endpoints/create-endpoint.ts";
import { TaskSettings } from "../../../../serve/tasks/contract.ts";
import { setTaskSettings } from "../../../../serve/tasks/set-task-settings.ts";
import { submitTask } from "../../../../serve/tasks/submit-task.ts";

export const gatewayUrl = "http://gateway.test";
export const openRules = { allowsPrivate: true };

/** The body of a request to mlpModel([4, …]). */
export const requestBody = (first = 1) =>
  Buffer.from(JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [first, 2, 3, 4] }] }));

/** A store of files in a folder of its own. */
export const newStore = (): Promise<ArtifactStore> => openLocalStore(mkdtempSync(join(tmpdir(), "leeway-tasks-")));

/** An endpoint that treats tasks as wished. @returns its id */
export async function newTaskEndpoint(
  ctx: Context,
  wish: Partial<TaskSettings> = {},
  name = "digits",
): Promise<string> {
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 1 });
  await setTaskSettings(ctx, { endpointId, settings: TaskSettings.parse(wish) });
  return endpointId;
}

/** Submits a small request. @returns the id of the task */
export async function submit(ctx: Context, endpointId: string, key?: string, more: object = {}): Promise<string> {
  const intake = { artifacts: await newStore(), rules: openRules };
  return (await submitTask(ctx, { endpointId, body: requestBody(), ...more }, key, intake)).id;
}

/** The row as it is. */
export async function rowOf(ctx: Context, id: string) {
  const [row] = await ctx.db.select().from(inferenceTasks).where(eq(inferenceTasks.id, id));
  if (!row) throw new Error("The task is gone.");
  return row;
}

/** Lets time pass for a task. */
export async function ago(
  ctx: Context,
  id: string,
  change: Partial<typeof inferenceTasks.$inferInsert>,
): Promise<void> {
  await ctx.db.update(inferenceTasks).set(change).where(eq(inferenceTasks.id, id));
}
