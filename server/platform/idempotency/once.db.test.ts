import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { idempotencyRecords, runs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { listProbableDuplicates } from "#server/develop/tracking/runs/duplicate-queries.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { expectRefusal, newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { deleteExpiredIdempotencyRecords } from "./delete-expired-idempotency-records.ts";
import { once } from "./once.ts";

const countRuns = (ctx: Context) => ctx.db.$count(runs, eq(runs.workspaceId, ctx.actor.workspaceId));

test(
  "returns the first response of a repeated request verbatim, and creates nothing",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const before = await countRuns(ctx);
    const first = await createRun(ctx, { experimentId }, "key");
    await setRunTag(ctx, { runId: first.id, key: "later", value: "x" });
    expect(await createRun(ctx, { experimentId }, "key")).toEqual(first);
    expect(await countRuns(ctx)).toBe(before + 1);
    await createRegisteredModel(ctx, { name: "m" });
    // The same key of another command is another key.
    const version = await createModelVersion(ctx, { name: "m", source: "s3://x" }, "key");
    expect(await createModelVersion(ctx, { name: "m", source: "s3://x" }, "key")).toEqual(version);
    expect((await createModelVersion(ctx, { name: "m", source: "s3://x" })).version).toBe(2);
  }),
);

test(
  "rejects a key of another request and an invalid key, and creates nothing",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    await createRun(ctx, { experimentId, name: "a" }, "key");
    const before = await countRuns(ctx);
    await expectRefusal(
      createRun(ctx, { experimentId, name: "b" }, "key"),
      "conflict",
      "already used for a different request",
    );
    for (const key of ["", "with blank", "é", "x".repeat(256)]) {
      await expect(createRun(ctx, { experimentId }, key)).rejects.toThrow("Idempotency-Key");
    }
    expect(await countRuns(ctx)).toBe(before);
  }),
);

test(
  "scopes a key to one workspace, and forbids a repeat without the create permission",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const { id } = await createRun(ctx, { experimentId, name: "a" }, "key");
    await expectRefusal(createRun(as(ctx, "viewer"), { experimentId, name: "a" }, "key"), "forbidden");
    const other = await newWorkspace(ctx.db);
    const theirs = await newRun(other);
    expect((await createRun(other, { experimentId: theirs.experimentId, name: "a" }, "key")).id).not.toBe(id);
  }),
);

test(
  "scopes a key to its caller",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const other: Context = { ...ctx, actor: { ...ctx.actor, id: crypto.randomUUID() } };
    const [mine, theirs] = [
      await createRun(ctx, { experimentId }, "key"),
      await createRun(other, { experimentId }, "key"),
    ];
    expect(theirs.id).not.toBe(mine.id);
    expect((await createRun(other, { experimentId }, "key")).id).toBe(theirs.id);
    await createRun(other, { experimentId, name: "another" }, "key 2".replace(" ", "-"));
    expect((await createRun(ctx, { experimentId, name: "mine" }, "key-2")).name).toBe("mine");
  }),
);

test(
  "frees the key after a failure, and deletes expired keys",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const failing = async () => {
      throw new Error("the process was killed");
    };
    await expect(once(ctx, "createRun", "key", { experimentId }, failing)).rejects.toThrow("killed");
    const { id } = await createRun(ctx, { experimentId }, "key");
    await ctx.db.update(idempotencyRecords).set({ expiresAt: new Date(1) });
    const second = await createRun(ctx, { experimentId }, "key");
    expect(second.id).not.toBe(id);
    await deleteExpiredIdempotencyRecords(ctx, new Date(Date.now() + 8 * dayMs));
    expect(await ctx.db.$count(idempotencyRecords)).toBe(0);
  }),
);

test("creates one run for concurrent requests with one key, and returns it to all", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { experimentId } = await newRun(ctx);
  const predictions = await Promise.all(Array.from({ length: 6 }, () => createRun(ctx, { experimentId }, "key")));
  expect(new Set(predictions.map(({ id }) => id)).size).toBe(1);
  expect(await countRuns(ctx)).toBe(2);
});

test(
  "lists runs with the same name, user and start as probable duplicates without a key",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const input = { experimentId, name: "again", userName: "ana", startedAt: 5 };
    const ids = [(await createRun(ctx, input)).id, (await createRun(ctx, input)).id];
    await createRun(ctx, { ...input, startedAt: 6 });
    expect(await listProbableDuplicates(ctx, experimentId)).toEqual([
      { name: "again", userName: "ana", startedAt: 5, runIds: ids.sort() },
    ]);
    expect(await listProbableDuplicates(await newWorkspace(ctx.db), experimentId)).toEqual([]);
  }),
);
