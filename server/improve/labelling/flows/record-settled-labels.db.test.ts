import { eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { labelConsensus, labelGolds, labelTasks, predictionLabels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { addLabelled, agree, classValue, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { projectsToRecord, recordSettledLabels } from "./record-settled-labels.ts";

const settledAt = new Date("2026-03-01T12:00:00Z");

async function project(ctx: Context) {
  const { endpointId } = await newServed(ctx);
  const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits" });
  return { endpointId, projectId };
}

const stored = async (ctx: Context, endpointId: string) =>
  Object.fromEntries(
    (await ctx.db.select().from(predictionLabels).where(eq(predictionLabels.endpointId, endpointId))).map((row) => [
      row.requestId,
      `${row.label} ${row.source} ${row.selection} ${row.replaced}`,
    ]),
  );

const waiting = (ctx: Context) => ctx.db.$count(labelConsensus, isNull(labelConsensus.recordedAt));

test(
  "writes settled labels to the prediction log with how they were chosen, and those of other items nowhere",
  inWorkspace(async (ctx) => {
    const { endpointId, projectId } = await project(ctx);
    await addLabelled(ctx, projectId, { item: "a", requestId: "a", label: "cat", settledAt });
    const chosen = { source: "uncertain", selection: "chosen" } as const;
    await addLabelled(ctx, projectId, { item: "c", requestId: "c", label: "dog", ...chosen });
    const taskId = await addLabelled(ctx, projectId, { item: "g", requestId: "g", label: "fox", ...chosen });
    const gold = { taskId, workspaceId: ctx.actor.workspaceId, projectId, value: classValue("fox"), createdBy: "x" };
    await ctx.db.insert(labelGolds).values(gold);
    await addLabelled(ctx, projectId, { item: "row", label: "cat" });
    await addLabelled(ctx, projectId, { item: "open", requestId: "open" });
    expect(await recordSettledLabels(ctx, projectId)).toBe(4);
    expect(await stored(ctx, endpointId)).toEqual({
      a: "cat labelling audit 0",
      c: "dog labelling chosen 0",
      g: "fox labelling gold 0",
    });
    const [a] = await ctx.db.select().from(predictionLabels).where(eq(predictionLabels.requestId, "a"));
    expect(a?.observedAt).toEqual(settledAt);
    expect(await recordSettledLabels(ctx, projectId)).toBe(0);
  }),
);

test(
  "replaces a label that changes, and leaves one that a client reported to chosen requests",
  inWorkspace(async (ctx) => {
    const { endpointId, projectId } = await project(ctx);
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "c", label: "cat" }] });
    const audit = await addLabelled(ctx, projectId, { item: "a", requestId: "a", label: "cat" });
    await addLabelled(ctx, projectId, {
      item: "c",
      requestId: "c",
      label: "dog",
      source: "suspected",
      selection: "chosen",
    });
    await recordSettledLabels(ctx, projectId);
    await ctx.db.update(labelConsensus).set({ supersededAt: new Date() }).where(eq(labelConsensus.taskId, audit));
    await agree(ctx, { projectId, taskId: audit }, "fox", { method: "review" });
    expect(await recordSettledLabels(ctx, projectId)).toBe(1);
    expect(await stored(ctx, endpointId)).toEqual({ a: "fox labelling audit 1", c: "cat reported reported 0" });
  }),
);

test(
  "writes after a crash what was settled before it, and nothing of a batch that failed half-way",
  inWorkspace(async (ctx) => {
    const { endpointId, projectId } = await project(ctx);
    await addLabelled(ctx, projectId, { item: "a", requestId: "a", label: "cat" });
    await addLabelled(ctx, projectId, { item: "b", requestId: "b", label: "dog" });
    expect((await projectsToRecord(ctx)).map((one) => one.projectId)).toContain(projectId);
    // The worker dies between both writes of a batch: its second statement is the note that they are recorded.
    const dying = (db: Context["db"], calls = { count: 0 }): Context["db"] =>
      new Proxy(db, {
        get: (target, key) => {
          if (key === "transaction") {
            return (work: (tx: Context["db"]) => Promise<unknown>) =>
              target.transaction((tx) => work(dying(tx as never, calls)));
          }
          if (key !== "execute") return Reflect.get(target, key);
          return (query: never) => {
            calls.count += 1;
            return calls.count > 1 ? Promise.reject(new Error("killed")) : target.execute(query);
          };
        },
      });
    await expect(recordSettledLabels({ ...ctx, db: dying(ctx.db) }, projectId)).rejects.toThrow("killed");
    expect(await stored(ctx, endpointId)).toEqual({});
    expect(await waiting(ctx)).toBe(2);
    expect(await recordSettledLabels(ctx, projectId)).toBe(2);
    expect(await stored(ctx, endpointId)).toEqual({ a: "cat labelling audit 0", b: "dog labelling audit 0" });
    expect(await waiting(ctx)).toBe(0);
    expect((await projectsToRecord(ctx)).map((one) => one.projectId)).not.toContain(projectId);
  }),
);

test(
  "passes over a value that it cannot read, and reaches nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { endpointId, projectId } = await project(ctx);
    const broken = await addLabelled(ctx, projectId, { item: "a", requestId: "a", label: "cat" });
    await ctx.db
      .update(labelConsensus)
      .set({ value: { kind: "sketch" } as never })
      .where(eq(labelConsensus.taskId, broken));
    await addLabelled(ctx, projectId, { item: "b", requestId: "b", label: "dog" });
    const other = await newWorkspace(ctx.db);
    expect(await recordSettledLabels(other, projectId)).toBe(0);
    expect(await recordSettledLabels(ctx, projectId)).toBe(2);
    expect(Object.keys(await stored(ctx, endpointId))).toEqual(["b"]);
    await expect(recordSettledLabels(as(ctx, "member"), projectId)).rejects.toMatchObject({ code: "forbidden" });
    expect(await ctx.db.$count(labelTasks, eq(labelTasks.projectId, projectId))).toBe(2);
  }),
);
