import { expect, test } from "vitest";
import { runFindings, runTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import type { RunTable } from "./contract.ts";
import { getExperimentSummary } from "./experiment-queries.ts";
import { listFieldValues } from "./field-queries.ts";
import { getGroupedRuns } from "./grouped-runs.ts";
import { getRunTable, type RunTableQuestion } from "./run-table.ts";

const question: RunTableQuestion = {
  experimentId: 900,
  filter: "",
  sort: undefined,
  columns: undefined,
  offset: 0,
  limit: 50,
};

/** Creates four runs: two finished, one that never logged, one whose loss is NaN. */
async function furnish(ctx: Context) {
  await addExperiment(ctx, 900, "parcels");
  const add = (name: string, accuracy: number[], lr: string, loss: number[] = [2, 1]) =>
    addRun(ctx, 900, { name, params: { lr, epochs: "2" }, metrics: { val_accuracy: accuracy, val_loss: loss } });
  const low = await add("low", [0.1, 0.5], "0.1");
  const high = await add("high", [0.2, 0.9], "0.2");
  const silent = await addRun(ctx, 900, { name: "silent", status: "RUNNING", startedAt: 99 });
  const broken = await addRun(ctx, 900, { name: "broken", status: "FAILED", metrics: { val_loss: [1, Number.NaN] } });
  return { low, high, silent, broken };
}

const names = (table: Awaited<ReturnType<typeof getRunTable>>) => table.rows.map(({ run }) => run.name);

test.each(["metrics.val_accuracy", "params.lr", "started"])(
  "pages by %s forwards and backwards from the last row, as offset paging does",
  (column) =>
    inWorkspace(async (ctx) => {
      await furnish(ctx);
      await addRun(ctx, 900, { name: "alike", params: { lr: "0.2" }, metrics: { val_accuracy: [0.9] } });
      for (const descending of [false, true]) {
        const requested = { ...question, sort: { column, descending }, limit: 2 };
        const counted: RunTable[] = [];
        for (const offset of [0, 2, 4]) counted.push(await getRunTable(ctx, { ...requested, offset }));
        const forwards = [await getRunTable(ctx, requested)];
        while (forwards.at(-1)?.next)
          forwards.push(await getRunTable(ctx, { ...requested, after: forwards.at(-1)?.next }));
        expect(forwards.map(names)).toEqual(counted.map(names));
        const backwards = [counted[2] as RunTable];
        while (backwards[0]?.previous)
          backwards.unshift(await getRunTable(ctx, { ...requested, before: backwards[0].previous }));
        expect(backwards.map(names)).toEqual(counted.map(names));
        expect(backwards.map(({ next }) => next)).toEqual(counted.map(({ next }) => next));
      }
    })(),
);

test(
  "sorts the best runs first and those without the metric last, each with its column values",
  inWorkspace(async (ctx) => {
    const { high } = await furnish(ctx);
    const { workspaceId } = ctx.actor;
    await ctx.db
      .insert(runTags)
      .values({ workspaceId, runId: high, key: "mlflow.source.git.commit", value: "9d02f1a" });
    await createRegisteredModel(ctx, { name: "parcels" });
    await createModelVersion(ctx, { name: "parcels", source: "s3://b/p", runId: high });
    const table = await getRunTable(ctx, question);
    expect(names(table)).toEqual(["high", "low", "silent", "broken"]);
    expect(table).toMatchObject({
      found: 4,
      columns: [
        "status",
        "started",
        "took",
        "metrics.val_accuracy",
        "curve.val_accuracy",
        "params.lr",
        "dataset",
        "commit",
        "by",
        "version",
      ],
      sort: { column: "metrics.val_accuracy", descending: true },
      headline: { key: "val_accuracy", direction: "higher" },
    });
    expect(table.rows[0]).toMatchObject({
      failure: undefined,
      metrics: { val_accuracy: 0.9 },
      params: { lr: "0.2" },
      curves: {
        val_accuracy: [
          { at: 0, value: 0.2 },
          { at: 1, value: 0.9 },
        ],
      },
      commit: "9d02f1a",
      versions: [{ modelName: "parcels", version: 1 }],
    });
    expect(table.rows[3]).toMatchObject({ failure: "val_loss has been NaN since step 1", metrics: {} });
  }),
);

test(
  "applies the requested filter, order, columns and page",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const filtered = await getRunTable(ctx, {
      ...question,
      filter: "metrics.val_accuracy > 0.4 or status = 'RUNNING'",
    });
    expect([names(filtered), filtered.found]).toEqual([["high", "low", "silent"], 3]);
    const sorted = await getRunTable(ctx, {
      ...question,
      sort: { column: "params.lr", descending: false },
      columns: ["params.lr", "metrics.val_loss", "nonsense"],
      offset: 1,
      limit: 1,
    });
    expect(sorted).toMatchObject({ found: 4, columns: ["params.lr", "metrics.val_loss"] });
    expect(sorted.rows).toMatchObject([
      { run: { name: "high" }, metrics: { val_loss: 1 }, params: { lr: "0.2" }, curves: {} },
    ]);
    const unsortable = await getRunTable(ctx, { ...question, sort: { column: "version", descending: false } });
    expect(unsortable.sort.column).toBe("metrics.val_accuracy");
  }),
);

test(
  "rejects an invalid filter",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await expect(getRunTable(ctx, { ...question, filter: "metrics.a >" })).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "does not return runs of another workspace's experiment",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const other = await newWorkspace(ctx.db);
    expect(await getRunTable(other, question)).toMatchObject({ rows: [], found: 0, choices: { runs: 0 } });
  }),
);

test(
  "returns the open findings of a run in its row, and counts them for the experiment",
  inWorkspace(async (ctx) => {
    const { low, broken } = await furnish(ctx);
    const { workspaceId } = ctx.actor;
    const finding = { workspaceId, since: 5, foundAt: 6, words: "val_loss is NaN." };
    await ctx.db.insert(runFindings).values([
      { ...finding, runId: broken, kind: "plateau" },
      { ...finding, runId: broken, kind: "nan" },
      { ...finding, runId: low, kind: "nan", until: 9 },
    ]);
    const { rows } = await getRunTable(ctx, question);
    const kindsOf = (id: string) => rows.find(({ run }) => run.id === id)?.findings.map(({ kind }) => kind);
    expect(kindsOf(broken)).toEqual(["nan", "plateau"]);
    expect(kindsOf(low)).toEqual([]);
    expect((await getExperimentSummary(ctx, { idOrName: "900", now: 99 })).unhealthy).toBe(1);
    expect(names(await getRunTable(ctx, { ...question, filter: "health IS NOT NULL" }))).toEqual(["broken"]);
  }),
);

test(
  "returns only the runs of a group, including the group without a value",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const inGroup = async (by: string, value: string | null) => {
      const table = await getRunTable(ctx, { ...question, group: { by, value } });
      expect(table.found).toBe(table.rows.length);
      return names(table);
    };
    expect(await inGroup("params.lr", "0.2")).toEqual(["high"]);
    expect(await inGroup("params.lr", null)).toEqual(["silent", "broken"]);
    expect(await inGroup("status", "FAILED")).toEqual(["broken"]);
    expect(await inGroup("by", null)).toHaveLength(4);
    expect(await inGroup("dataset", null)).toHaveLength(4);
    await expect(inGroup("color", null)).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "returns the last step of a failed run even when no metric is a column",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    await addRun(ctx, 900, { status: "FAILED", metrics: { loss: [1, 2, 3], "system/gpu": [1, 2, 3, 4, 5] } });
    const { rows } = await getRunTable(ctx, { ...question, columns: ["status"] });
    expect(rows[0]?.failure).toBe("Failed at step 2");
  }),
);

test(
  "filters, sorts, groups and suggests by the displayed user, even when only a tag names it",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    const { workspaceId } = ctx.actor;
    const tagged = await addRun(ctx, 900, { name: "tagged" });
    const both = await addRun(ctx, 900, { name: "both", userName: "tomasz" });
    await addRun(ctx, 900, { name: "nobody" });
    const tag = { workspaceId, key: "mlflow.user", value: "priya" };
    await ctx.db.insert(runTags).values([
      { ...tag, runId: tagged },
      { ...tag, runId: both },
    ]);
    const read = async (more: Partial<RunTableQuestion>) => {
      const { rows } = await getRunTable(ctx, { ...question, ...more });
      return rows.map(({ run }) => [run.name, run.userName]);
    };
    expect(await read({ filter: "user_id = 'priya'" })).toEqual([["tagged", "priya"]]);
    expect(await read({ filter: "user_id = 'tomasz'" })).toEqual([["both", "tomasz"]]);
    expect(await read({ filter: "user_id = ''" })).toEqual([["nobody", ""]]);
    expect(await read({ sort: { column: "by", descending: true } })).toEqual([
      ["both", "tomasz"],
      ["tagged", "priya"],
      ["nobody", ""],
    ]);
    const grouped = await getGroupedRuns(ctx, { ...question, by: "by", opened: ["priya"] });
    expect(grouped.groups.groups.map(({ value, runs }) => [value, runs])).toEqual(
      expect.arrayContaining([
        ["priya", 1],
        ["tomasz", 1],
        [null, 1],
      ]),
    );
    expect(grouped.opened).toMatchObject([{ value: "priya", rows: [{ run: { name: "tagged" } }] }]);
    const requested = { experimentId: 900, field: "attributes.user_id", words: "p", limit: 10 };
    expect(await listFieldValues(ctx, requested)).toEqual([{ value: "priya", runs: 1 }]);
  }),
);
