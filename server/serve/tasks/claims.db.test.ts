import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { inferenceTasks } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { gatewayUrl, newTaskEndpoint, submit } from "../../testing/fixtures/serving/tasks/testing.ts";
import { cancelTask } from "./cancel-task.ts";
import { claimTasks, renewLeases } from "./claim-tasks.ts";
import { endAttempt } from "./end-task.ts";
import { getTask } from "./task-queries.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();
const ctx = await newWorkspace(db);

test("assigns each task to one gateway when several claim concurrently", async () => {
  const endpointId = await newTaskEndpoint(ctx, {}, "busy");
  const ids = await Promise.all(Array.from({ length: 40 }, () => submit(ctx, endpointId)));
  const other = openDatabase(url, { max: 5, name: "leeway-test-other" });
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, index) => claimTasks(index % 2 ? db : other.db, [{ endpointId, count: 8 }])),
  );
  await other.close();
  const claimed = claims.flat().map(({ id }) => id);
  expect(new Set(claimed).size).toBe(claimed.length);
  expect(claimed.toSorted()).toEqual(ids.toSorted());
  expect(new Set(claims.flat().map(({ lease }) => lease)).size).toBe(40);
});

test("creates one task for concurrent submissions with the same key", async () => {
  const endpointId = await newTaskEndpoint(ctx, {}, "repeated");
  const ids = await Promise.all(Array.from({ length: 6 }, () => submit(ctx, endpointId, "the-key")));
  expect(new Set(ids).size).toBe(1);
});

test("accepts no more concurrent submissions than the backlog limit across gateways", async () => {
  const endpointId = await newTaskEndpoint(ctx, { backlogLimit: 5 }, "bounded");
  const other = openDatabase(url, { max: 8, name: "leeway-test-other" });
  const through = [ctx, { ...ctx, db: other.db }];
  for (let round = 0; round < 5; round += 1) {
    const sent = await Promise.allSettled(
      Array.from({ length: 24 }, (_, index) =>
        submit(through[index % 2] ?? ctx, endpointId, index < 12 ? randomUUID() : undefined),
      ),
    );
    expect(sent.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refused = sent.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: "unavailable", retryAfterSeconds: 10 });
    await db.delete(inferenceTasks).where(eq(inferenceTasks.endpointId, endpointId));
  }
  await other.close();
});

test("claims up to the count of each endpoint, and does not renew a cancelled lease", async () => {
  const [one, two] = [await newTaskEndpoint(ctx, {}, "one"), await newTaskEndpoint(ctx, {}, "two")];
  for (const endpointId of [one, one, one, two]) await submit(ctx, endpointId);
  const claimed = await claimTasks(db, [
    { endpointId: one, count: 2 },
    { endpointId: two, count: 5 },
  ]);
  expect(claimed.map(({ endpointId }) => endpointId).toSorted()).toEqual([one, one, two].toSorted());
  const [gone] = claimed;
  await cancelTask(ctx, { taskId: gone?.id ?? "" }, gatewayUrl);
  const leases = claimed.map(({ lease }) => lease);
  expect(await renewLeases(db, leases)).toEqual(new Set(leases.slice(1)));
});

test("keeps exactly one outcome when a cancellation and a result arrive concurrently", async () => {
  const endpointId = await newTaskEndpoint(ctx, {}, "raced");
  for (let round = 0; round < 10; round += 1) {
    const taskId = await submit(ctx, endpointId);
    const [claimed] = await claimTasks(db, [{ endpointId, count: 1 }]);
    if (!claimed) throw new Error("Nothing was due.");
    const result = { result: Buffer.from("{}"), resultBytes: 2, resultHeaderLength: null };
    const ending = { kind: "succeeded", servedVersion: 1, provider: "cpu", result } as const;
    const [wasStored, cancelled] = await Promise.allSettled([
      endAttempt(ctx, claimed, ending, gatewayUrl),
      cancelTask(ctx, { taskId }, gatewayUrl),
    ]);
    const { state } = await getTask(ctx, { taskId });
    expect(wasStored).toEqual({ status: "fulfilled", value: state === "succeeded" });
    expect(cancelled.status).toBe(state === "cancelled" ? "fulfilled" : "rejected");
  }
});
