import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createTable,
  duckType,
  engineValue,
  type GoldenJoin,
  goldenJoins,
  joinOf,
} from "#server/testing/fixtures/features/golden-joins.ts";
import { OfflineEngine } from "../engine/offline-engine.ts";
import { joinStatements } from "./join-statements.ts";
import { planJoin } from "./plan-join.ts";
import { tableSource } from "./table-source.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-golden-joins-"));
let engine: OfflineEngine;
beforeAll(async () => {
  engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

async function joined(golden: GoldenJoin) {
  const { views, requested, goldenViews } = joinOf(golden);
  const spine = golden.entities.columns.map((column) => ({ name: column.name, type: duckType(column) }));
  const plan = planJoin(spine, views, requested, { fullNames: golden.full_feature_names ?? false, foldsCase: true });
  const cutoff = golden.filter_by_created_timestamp ? "created" : "event";
  const sources = goldenViews.map((view, index) => {
    const table = {
      relation: `source_${index}`,
      columns: view.columns.map((column) => ({ name: column.name, type: duckType(column) })),
      order: "source.rowid",
      eventTime: view.event_time,
      createdTime: view.created_time ?? null,
      fieldMapping: view.field_mapping ?? {},
    };
    return tableSource(table, plan.views[index] as (typeof plan.views)[number], cutoff);
  });
  const tables = ["spine_rows", ...goldenViews.map((_, index) => `source_${index}`)];
  const { statements, result } = joinStatements(plan, { relation: "spine_rows", row: "spine.rowid" }, sources);
  const make = [golden.entities, ...goldenViews].map((table, index) => createTable(tables[index] ?? "", table));
  try {
    for (const statement of [...make, ...statements]) await engine.run(statement);
    return {
      columns: [...spine.map(({ name }) => name), ...plan.added.map(({ name }) => name)],
      rows: await engine.rows(result),
    };
  } finally {
    const made = await engine.rows("SELECT table_name FROM duckdb_tables()");
    for (const [name] of made) await engine.run(`DROP TABLE ${String(name)}`);
  }
}

test("there are 66 recorded joins", () => {
  expect(goldenJoins()).toHaveLength(66);
});

test.each(goldenJoins())("$case", async (golden) => {
  const { expected } = golden;
  if ("refused" in expected) {
    const problem =
      { "join key type": "key-type", "missing join key k": "missing-key" }[expected.refused] ?? "name-collision";
    await expect(joined(golden)).rejects.toMatchObject({ code: "invalid", problem });
    return;
  }
  const columns = [...golden.entities.columns];
  const { views, requested, goldenViews } = joinOf(golden);
  for (const { view, feature } of requested) {
    const source = goldenViews[view];
    const name = golden.full_feature_names ? `${views[view]?.name}__${feature}` : feature;
    const found = source?.columns.find((column) => (source.field_mapping?.[column.name] ?? column.name) === feature);
    columns.push({ ...found, name, type: found?.type ?? "" });
  }
  const rows = expected.rows.map((row) => row.map((cell, index) => engineValue(cell, columns[index])));
  expect(await joined(golden)).toEqual({ columns: expected.columns, rows });
});
