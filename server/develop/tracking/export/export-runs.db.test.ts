import { parse } from "csv-parse/sync";
import { sql } from "drizzle-orm";
import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { runTags } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { exportRuns } from "./export-runs.ts";

async function furnish(ctx: Parameters<typeof exportRuns>[0]) {
  await addExperiment(ctx, 900, "parcels");
  const first = await addRun(ctx, 900, {
    name: "=cmd()",
    params: { lr: "-0.5", note: "-2+3" },
    metrics: { acc: [0.1, 0.25], loss: [Number.NaN] },
  });
  await addRun(ctx, 900, { name: "other", params: { lr: "10" }, status: "RUNNING", startedAt: 1_000 });
  await ctx.db
    .insert(runTags)
    .values({ workspaceId: ctx.actor.workspaceId, runId: first, key: "team", value: 'a "b", c' });
  return first;
}

type Options = Partial<Parameters<typeof exportRuns>[1]>;

async function csvOf(ctx: Parameters<typeof exportRuns>[0], options: Options = {}) {
  const file = await exportRuns(ctx, { experimentId: 900, format: "csv", filter: "", ...options });
  const text = (await file.toArray()).join("");
  return parse(text, { columns: true }) as Record<string, string>[];
}

async function parquetOf(ctx: Parameters<typeof exportRuns>[0], options: Options = {}) {
  const file = await exportRuns(ctx, { experimentId: 900, format: "parquet", filter: "", ...options });
  const bytes = Buffer.concat(await file.toArray());
  return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
}

test(
  "exports every value of every run as CSV, with formulas as text and numbers as numbers",
  inWorkspace(async (ctx) => {
    const id = await furnish(ctx);
    const [other, first] = await csvOf(ctx);
    expect(first).toEqual({
      run_id: id,
      run_name: "'=cmd()",
      status: "FINISHED",
      started: "1970-01-01T00:00:00.010Z",
      ended: "",
      took_seconds: "",
      datasets: "",
      commit: "",
      user: "",
      model_versions: "",
      "metrics.acc": "0.25",
      "metrics.loss": "NaN",
      "params.lr": "-0.5",
      "params.note": "'-2+3",
      "tags.team": 'a "b", c',
    });
    expect(other).toMatchObject({ run_name: "other", "metrics.acc": "", "params.lr": "10" });
  }),
);

test(
  "applies the requested filter, numeric sort and columns in both formats",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const options = { sort: "-params.lr", columns: "params.lr,curve.loss,metrics.acc,started,nonsense" };
    const rows = await csvOf(ctx, options);
    expect(rows.map((row) => row["params.lr"])).toEqual(["10", "-0.5"]);
    expect(Object.keys(rows[0] ?? {})).toEqual(["run_id", "run_name", "params.lr", "metrics.acc", "started"]);
    expect(await csvOf(ctx, { filter: "params.lr = '10'" })).toHaveLength(1);
    const table = await parquetOf(ctx, options);
    expect(table).toMatchObject([
      { run_name: "other", "params.lr": "10", "metrics.acc": null, started: new Date(1_000) },
      { run_name: "=cmd()", "params.lr": "-0.5", "metrics.acc": 0.25, started: new Date(10) },
    ]);
    expect((await parquetOf(ctx))[1]).toMatchObject({ "metrics.loss": Number.NaN });
  }),
);

test(
  "exports each run once across several pages, and only a header without runs",
  inWorkspace(async (ctx) => {
    await addExperiment(ctx, 900, "parcels");
    expect(await csvOf(ctx)).toEqual([]);
    expect(await parquetOf(ctx)).toEqual([]);
    await ctx.db.execute(sql`
      insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, updated_at, artifact_uri)
      select md5(i::text || ${ctx.actor.workspaceId}), ${ctx.actor.workspaceId}, 900, 'run ' || i, '', 'FINISHED', i / 7, i, ''
      from generate_series(1, 2500) i`);
    for (const rows of [await csvOf(ctx, { columns: "status" }), await parquetOf(ctx, { columns: "status" })]) {
      expect(rows).toHaveLength(2_500);
      expect(new Set(rows.map((row) => row.run_name)).size).toBe(2_500);
    }
  }),
);

test(
  "rejects an invalid filter before the first byte, and exports nothing of another workspace",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    await expectRefusal(exportRuns(ctx, { experimentId: 900, format: "csv", filter: "color = 1" }), "invalid", "color");
    expect(await csvOf(await newWorkspace(ctx.db))).toEqual([]);
    const wide = Array.from({ length: 2_100 }, (_, index) => `metrics.m${index}`).join(",");
    await expectRefusal(
      exportRuns(ctx, { experimentId: 900, format: "parquet", filter: "", columns: wide }),
      "too-large",
      "use CSV",
    );
  }),
);
