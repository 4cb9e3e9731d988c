import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  Bool,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  makeData,
  Table,
  Timestamp,
  TimeUnit,
  tableToIPC,
  Uint8,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownSlot } from "#server/base/slot-owner.ts";
import type { ColumnCells, PageLimits } from "./messages.ts";
import { EngineInterrupted, OfflineEngine } from "./offline-engine.ts";
import { withScratchFolder } from "./with-scratch-folder.ts";

const parent = mkdtempSync(join(tmpdir(), "leeway-engine-"));
const folder = join(parent, "scratch");
mkdirSync(folder);
writeFileSync(join(parent, "secret.csv"), "a\n1\n");
let engine: OfflineEngine;
beforeAll(async () => {
  engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
});
afterAll(() => {
  engine.close();
  rmSync(parent, { recursive: true });
});

test.each([
  ["a file beside its folder", () => `SELECT * FROM read_csv('${parent}/secret.csv')`],
  ["a way out of its folder", () => `SELECT * FROM read_csv('${folder}/../secret.csv')`],
  ["a list of files", () => "SELECT * FROM glob('/etc/*')"],
  ["a file to write", () => `COPY (SELECT 1) TO '${parent}/out.csv'`],
  ["another database", () => `ATTACH '${parent}/other.db'`],
  ["an extension", () => "INSTALL httpfs"],
  ["an address", () => "SELECT * FROM read_csv('http://127.0.0.1:1/a.csv')"],
  ["another memory limit", () => "SET memory_limit = '100GB'"],
  ["other folders", () => "SET allowed_directories = ['/']"],
])("refuses %s", async (_, sql) => {
  await expect(engine.run(sql())).rejects.toThrow(/Permission|locked|Missing Extension|disabled/);
  expect(existsSync(join(parent, "out.csv"))).toBe(false);
});

test("reads and writes in its folder, in UTC", async () => {
  await engine.run(`COPY (SELECT TIMESTAMPTZ '2026-03-01 12:00:00' AS time) TO '${folder}/a.parquet' (FORMAT parquet)`);
  const rows = await engine.rows(`SELECT time, CAST(time AS VARCHAR) FROM read_parquet('${folder}/a.parquet')`);
  expect(rows).toEqual([[1_772_366_400_000_000n, "2026-03-01 12:00:00+00"]]);
});

test("appends cells of every type", async () => {
  await engine.run(
    "CREATE TABLE cells (b BOOLEAN, i INTEGER, l BIGINT, f FLOAT, d DOUBLE, t VARCHAR, x BLOB, n BIGINT[])",
  );
  const cells = [true, 7, 2n ** 53n + 1n, 0.5, Number.NaN, "é", Buffer.from([0, 255]), [1n, 2n]];
  await engine.append(
    "cells",
    cells.map((cell) => [cell, null]),
  );
  expect(await engine.rows("SELECT * FROM cells")).toEqual([cells, cells.map(() => null)]);
});

test("reads CSV as a dataset does, with the types of its profile", async () => {
  writeFileSync(
    join(folder, "rows.csv"),
    "id,name,time\n1,NA,2026-03-01 12:00\n9007199254740993,x,2026-03-01T12:00:00.000000500Z\n",
  );
  await engine.loadCsv("from_csv", join(folder, "rows.csv"), [
    { name: "time", type: "TIMESTAMP_NS" },
    { name: "id", type: "BIGINT" },
    { name: "name", type: "VARCHAR" },
  ]);
  expect(await engine.rows("SELECT epoch_ns(time), id, name FROM from_csv")).toEqual([
    [1_772_366_400_000_000_000n, 1n, null],
    [1_772_366_400_000_000_500n, 9_007_199_254_740_993n, "x"],
  ]);
  const broken = join(folder, "broken.csv");
  writeFileSync(broken, "id\n1\n1,2\n");
  await expect(engine.loadCsv("broken", broken, [{ name: "id", type: "BIGINT" }])).rejects.toMatchObject({
    code: "invalid",
  });
});

test("fetches rows in order, in pages that end by rows or bytes, with long cells cut off", async () => {
  const pagesOf = async (sql: string, limits: Partial<PageLimits>) => {
    const pages = [];
    for await (const page of engine.pages(sql, { rows: 10_000, bytes: 2 ** 40, cellBytes: 2 ** 30, ...limits }))
      pages.push(page);
    return pages;
  };
  const numbers = "SELECT i, i % 7 = 0 FROM range(5000) t(i) ORDER BY i";
  const byRows = await pagesOf(numbers, { rows: 1_500 });
  expect(byRows.map(([cells]) => cells?.length)).toEqual([1_500, 1_500, 1_500, 500]);
  expect(byRows.flatMap(([cells]) => cells)).toEqual(Array.from({ length: 5000 }, (_, index) => BigInt(index)));
  expect(await pagesOf("SELECT 1 WHERE false", {})).toEqual([]);

  const texts = "SELECT repeat('x', 100000) FROM range(500)";
  const byBytes = await pagesOf(texts, { bytes: 2_000_000 });
  expect(byBytes.map(([cells]) => cells?.length)).toEqual(Array(25).fill(20));
  const cut = await pagesOf("SELECT repeat('x', 11), '12345678901'::BLOB, [repeat('y', 6), repeat('z', 6), 'w']", {
    cellBytes: 10,
  });
  expect(cut).toEqual([[["x".repeat(11)], [Buffer.from("12345678901")], [["yyyyyy", "zzzzzz"]]]]);
});

test("reads Arrow with its types and every digit", async () => {
  const time = new Vector([
    makeData({
      type: new Timestamp(TimeUnit.NANOSECOND),
      data: new BigInt64Array([1n, 1_772_366_400_000_000_500n]),
    }),
  ]);
  const small = vectorFromArray([1, -2], new Int32());
  const text = vectorFromArray(["1.0", ""], new Utf8());
  const table = new Table({ time, small, text });
  writeFileSync(join(folder, "rows.arrows"), tableToIPC(table, "stream"));
  await engine.loadArrow("from_arrow", join(folder, "rows.arrows"));
  expect(await engine.rows("SELECT epoch_ns(time), typeof(time), small, typeof(small), text FROM from_arrow")).toEqual([
    [1n, "TIMESTAMP_NS", 1, "INTEGER", "1.0"],
    [1_772_366_400_000_000_500n, "TIMESTAMP_NS", -2, "INTEGER", ""],
  ]);
});

test("reads numbers of Arrow in every width, and returns them, with nulls anywhere", async () => {
  const rows = 5_000;
  const isNull = (row: number) => row % 7 === 3 || (row > 2_040 && row < 2_060);
  const cells = <Cell>(cell: (row: number) => Cell) =>
    Array.from({ length: rows }, (_, row) => (isNull(row) ? null : cell(row)));
  const table = new Table({
    byte: vectorFromArray(
      cells((row) => row % 256),
      new Uint8(),
    ),
    short: vectorFromArray(
      cells((row) => row - 2_500),
      new Int16(),
    ),
    whole: vectorFromArray(
      cells((row) => -row),
      new Int32(),
    ),
    long: vectorFromArray(
      cells((row) => 2n ** 60n + BigInt(row)),
      new Int64(),
    ),
    single: vectorFromArray(
      cells((row) => row / 2),
      new Float32(),
    ),
    half: vectorFromArray(
      cells((row) => row % 9),
      new Float16(),
    ),
    exact: vectorFromArray(
      cells((row) => row / 3),
      new Float64(),
    ),
    full: vectorFromArray(
      Array.from({ length: rows }, (_, row) => row),
      new Float64(),
    ),
    is: vectorFromArray(
      cells((row) => row % 2 === 0),
      new Bool(),
    ),
  });
  writeFileSync(join(folder, "numbers.arrow"), tableToIPC(table, "file"));
  await engine.loadArrow("numbers", join(folder, "numbers.arrow"));
  const next = await engine.columns("SELECT * FROM numbers ORDER BY rowid");
  // Pages need not end where DuckDB's chunks do.
  const pages = [await next(3), await next(3_000), await next(rows - 3_003)];
  await expect(next(1)).rejects.toThrow("The query has 0 rows instead of 1.");
  const cellsOf = (column: ColumnCells) =>
    "nulls" in column
      ? Array.from(column.values as ArrayLike<number | bigint>, (value, row) => (column.nulls?.[row] ? null : value))
      : column;
  const found = table.schema.fields.map((_, column) => pages.flatMap((page) => cellsOf(page[column] as ColumnCells)));
  const expected = table.schema.fields.map((_, column) =>
    Array.from({ length: rows }, (_, row) => {
      const cell = table.getChildAt(column)?.get(row);
      return typeof cell === "boolean" ? Number(cell) : cell;
    }),
  );
  expect(found).toEqual(expected);
});

test("returns nothing in the place of a null, not even what the query withholds", async () => {
  const withheld =
    "SELECT CASE WHEN i % 2 = 0 THEN i END, CASE WHEN i % 3 = 0 THEN i::DOUBLE END FROM range(5000) AS numbered(i)";
  for (const column of await (await engine.columns(withheld))(5_000)) {
    if (!("nulls" in column)) throw new Error("The column has no typed values.");
    const values = Array.from(column.values as ArrayLike<number | bigint>, Number);
    expect(values.filter((value, row) => column.nulls?.[row] && value !== 0)).toEqual([]);
  }
});

test("refuses more rows than asked for", async () => {
  await expect(engine.rows("SELECT * FROM range(11)", 10)).rejects.toThrow("more than 10 rows");
});

const endless = "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c";

test("cancels a query that runs, and what follows", async () => {
  const controller = new AbortController();
  const own = await OfflineEngine.open({ folder, signal: controller.signal, settings: { threads: 1 } });
  const running = own.run(endless);
  setTimeout(() => controller.abort(), 200);
  await expect(running).rejects.toBeInstanceOf(EngineInterrupted);
  await expect(own.run("SELECT 1")).rejects.toBeInstanceOf(EngineInterrupted);
  own.close();
});

test("ends a query with the process, and reports a process that ends by itself", async () => {
  const own = await OfflineEngine.open({ folder, settings: { threads: 1 } });
  const running = own.run(endless);
  own.close();
  await expect(running).rejects.toBeInstanceOf(EngineInterrupted);
});

test("refuses a query beyond its memory and disk, and goes on", async () => {
  const settings = { threads: 1, memoryBytes: 64 * 2 ** 20, temporaryBytes: 2 ** 20 };
  const own = await OfflineEngine.open({ folder, settings });
  const large =
    "CREATE TABLE large AS SELECT hash(range)::VARCHAR || hash(range + 1)::VARCHAR AS text FROM range(20000000)";
  await expect(own.run(large)).rejects.toMatchObject({ code: "too-large" });
  expect(await own.rows("SELECT 1::BIGINT")).toEqual([[1n]]);
  own.close();
});

test("removes scratch folders, also those of processes that were killed, and none of a living one", async () => {
  const below = join(parent, "below");
  const folderOf = (name: string, owner?: string): string => {
    mkdirSync(join(below, name, "offline-abc"), { recursive: true });
    if (owner !== undefined) writeFileSync(join(below, name, "owner.1"), owner);
    return name;
  };
  const hour = 3600;
  // A process with the id of one that lives, as in a container that was started again.
  folderOf(randomUUID(), `${process.pid} 0 ${randomUUID()} ${hostname()}`);
  folderOf(randomUUID());
  const former = folderOf("offline-1-former");
  utimesSync(join(below, former), Date.now() / 1000 - 25 * hour, Date.now() / 1000 - 25 * hour);
  const living = folderOf(randomUUID());
  const owner = ownSlot(join(below, living));
  const elsewhere = folderOf(randomUUID(), `1 0 ${randomUUID()} another-container`);
  const running = folderOf("offline-1-running");
  const others = [living, elsewhere, running].sort();
  const before = new Set(readdirSync(below));
  const made = await withScratchFolder(below, async (own) => {
    writeFileSync(join(own, "file"), "");
    return own;
  });
  const left = readdirSync(below).filter((name) => before.has(name));
  expect(left.sort()).toEqual(others);
  expect(existsSync(made)).toBe(false);
  // The next one is beside it, in the folder of this process.
  await withScratchFolder(below, async (own) => expect(dirname(own)).toBe(dirname(made)));
  owner?.release();
});
