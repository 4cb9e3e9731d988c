import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test, vi } from "vitest";
import { featureConnections, featureMaterialisations } from "#db/schema/index.ts";
import { emptyDatabase, freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { auditedActions, expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { SourceOptions } from "../contract.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { defineViewSource } from "../definitions/define-view-source.ts";
import { listViewSources } from "../definitions/queries.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { materialiseView } from "../materialisations/materialise-view.ts";
import { getMaterialisation, listFeatureRejects } from "../materialisations/queries.ts";
import { startMaterialisation } from "../materialisations/start-materialisation.ts";
import { defineFeatureConnection } from "./connections/define-feature-connection.ts";
import { deleteFeatureConnection } from "./connections/delete-feature-connection.ts";
import { openConnection } from "./connections/open-connection.ts";
import { listFeatureConnections } from "./connections/queries.ts";
import { testFeatureConnection } from "./connections/test-feature-connection.ts";
import { columnsToRead, pageBytes } from "./source-rows.ts";
import { openSqlRows } from "./sql-rows.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const url = await emptyDatabase();
const source = new pg.Client(url);
await source.connect();
afterAll(() => source.end());
const folder = await mkdtemp(join(tmpdir(), "leeway-sql-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const open = { allowsPrivate: true };
const place = { artifacts, scratch: join(folder, "scratch"), network: open };

await source.query(`create table trips (driver int, at timestamp, noted timestamptz, trips bigint);
  insert into trips select i % 100, timestamp '2026-03-01' + (i % 3000) * interval '1 second', now(), i from generate_series(0, 29999) i`);

async function newView(ctx: Context, options: Partial<SourceOptions> = {}) {
  await defineFeatureConnection(ctx, { name: "warehouse", url }, open);
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver", type: "int64" });
  await defineViewSource(ctx, {
    name: "sql",
    kind: "sql",
    eventTimeColumn: "at",
    createdTimeColumn: "noted",
    options: { connection: "warehouse", query: "select * from trips -- all", ...options },
  });
  await defineFeatureView(ctx, {
    name: "v",
    entities: ["driver"],
    source: "sql",
    features: [{ name: "trips", type: "int64" }],
  });
}

async function materialise(ctx: Context) {
  const { id } = await startMaterialisation(ctx, { view: "v" });
  await materialiseView(ctx, id, place);
  return getMaterialisation(ctx, id);
}

test("reads the rows of a query, then those after the last event time", async () => {
  const ctx = await newWorkspace(db);
  await newView(ctx);
  const first = await materialise(ctx);
  expect(first).toMatchObject({ state: "done", problem: null, rowsTotal: null, rowsRead: 30_000, rowsRejected: 0 });
  const tripsOf = async () =>
    (await lookUpFeatures(ctx, { features: ["v:trips"], entities: { driver: [99, 5000] } })).columns[0]?.values;
  // Of ten rows at the greatest time, the one that was noted last; all were noted at once, so any of them.
  const [newest] = (await tripsOf()) ?? [];
  expect(Number(newest) % 3000).toBe(2999);
  await source.query(
    "insert into trips values (99, now() at time zone 'UTC' - interval '1 hour', now(), 1), (5000, now() at time zone 'UTC', now(), 9007199254740993)",
  );
  const second = await materialise(ctx);
  // An hour ago is before the last end.
  expect(second).toMatchObject({ state: "done", rowsRead: 1, rowsWritten: 1 });
  expect(await tripsOf()).toEqual([newest, 9007199254740993n]);
  await source.query("delete from trips where driver = 5000 or trips = 1 and at > '2026-04-01'");
});

test("goes on after its runner was killed, with the same counts, also within rows of one time", async () => {
  const ctx = await newWorkspace(db);
  await newView(ctx);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  const reached = Promise.withResolvers<void>();
  const wakes = Promise.withResolvers<void>();
  let page = 0;
  const onPage = async () => {
    page += 1;
    if (page < 2) return;
    reached.resolve();
    await wakes.promise;
  };
  const killed = materialiseView(ctx, id, { ...place, onPage });
  await reached.promise;
  await db.update(featureMaterialisations).set({ leasedUntil: new Date(0) });
  const [{ checkpoint } = { checkpoint: null }] = await db.select().from(featureMaterialisations);
  expect(checkpoint).toMatchObject({ eventAt: expect.any(Number) });
  await materialiseView(ctx, id, place);
  wakes.resolve();
  await killed;
  expect(await getMaterialisation(ctx, id)).toMatchObject({ state: "done", rowsRead: 30_000, rowsRejected: 0 });
});

test("loses no rows of one time that others went before meanwhile", async () => {
  const ctx = await newWorkspace(db);
  await source.query(`create table bulk (driver int, at timestamp, noted timestamptz, trips bigint);
    insert into bulk select i, timestamp '2026-03-01', now(), i from generate_series(0, 20999) i`);
  await newView(ctx, { query: "select * from bulk" });
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let page = 0;
  const onPage = async () => {
    page += 1;
    if (page > 1) throw new DomainError("unavailable", "The connection broke.");
  };
  await materialiseView(ctx, id, { ...place, onPage });
  expect(await getMaterialisation(ctx, id)).toMatchObject({ state: "waiting", rowsRead: 10_000 });
  await source.query("delete from bulk where driver < 500");
  await db.update(featureMaterialisations).set({ leasedUntil: new Date(0) });
  await materialiseView(ctx, id, place);
  const done = await getMaterialisation(ctx, id);
  // Those that the first runner read are in, and counted, once: 500 more stand in their place.
  expect(done).toMatchObject({ state: "done", rowsRead: 20_500, rowsWritten: 20_500, rowsOlder: 0 });
  const drivers = [0, 499, 9_999, 10_000, 10_250, 10_499, 10_500, 20_999];
  const { columns } = await lookUpFeatures(ctx, { features: ["v:trips"], entities: { driver: drivers } });
  expect(columns[0]?.values).toEqual(drivers.map(BigInt));
});

test("reads cells of every kind", async () => {
  const ctx = await newWorkspace(db);
  await newView(ctx, {
    query: `select 1 as driver, timestamptz '2026-03-01 10:00+02' as at, now() as noted, true as b, 1.5::numeric as n, 0.1::float4 as f,
      '{"a": 1}'::jsonb as j, array[9007199254740993, 2] as l, '\\x00ff'::bytea as raw, date '2026-01-02' as day, 'infinity'::float8 as big, null::text as t`,
  });
  const types = {
    b: "bool",
    n: "float64",
    f: "float32",
    j: "map",
    l: "list<int64>",
    raw: "bytes",
    day: "timestamp",
    big: "float64",
    t: "string",
  } as const;
  await defineFeatureView(ctx, {
    name: "v",
    entities: ["driver"],
    source: "sql",
    features: Object.entries(types).map(([name, type]) => ({ name, type })),
  });
  expect(await materialise(ctx)).toMatchObject({ state: "done", problem: null, rowsWritten: 1 });
  const features = Object.keys(types).map((name) => `v:${name}`);
  const { columns } = await lookUpFeatures(ctx, { features, entities: { driver: [1] } });
  expect(columns.map(({ values: [value] }) => value)).toEqual([
    true,
    1.5,
    Math.fround(0.1),
    '{"a": 1}',
    [9007199254740993n, 2n],
    Buffer.from([0, 255]),
    1_767_312_000_000_000n,
    Infinity,
    null,
  ]);
  expect(columns[0]?.answer.eventAt).toEqual([Date.parse("2026-03-01T08:00:00Z") * 1000]);
});

test("only reads, one statement, and says what the database refused", async () => {
  const ctx = await newWorkspace(db);
  const problemOf = async (query: string) => {
    await newView(ctx, { query });
    return (await materialise(ctx)).problem;
  };
  expect(await problemOf("select nextval('s')")).toContain('relation "s" does not exist');
  await source.query("create sequence if not exists s");
  expect(
    await problemOf("select nextval('s') as driver, timestamptz '2026-03-01' as at, now() as noted, 1 as trips"),
  ).toContain("read-only transaction");
  expect(await problemOf("select 1) x; drop table trips; select * from (select 1")).toMatch(/multiple commands/);
  expect(await problemOf("with gone as (delete from trips returning *) select * from gone")).toContain(
    "The database returned an error: ",
  );
  expect(await problemOf("select 1 as driver, now() as noted, 1 as trips")).toBe(
    'The query of "sql" has no column "at".',
  );
  expect(await problemOf("select 1 as driver, 5 as at, now() as noted, 1 as trips")).toContain("holds no times");
  expect((await source.query("select count(*)::int as n from trips")).rows[0].n).toBe(30_000);
  const connection = await openConnection(url, open);
  await expect(connection.query("select set_config('transaction_read_only', 'off', false)")).rejects.toThrow(
    "read-write",
  );
  await connection.close();
});

test.each([
  ["40001", "unavailable"],
  ["40P01", "unavailable"],
  ["25P03", "unavailable"],
  ["22012", "invalid"],
] as const)("takes error %s of the database for %s", async (code, expected) => {
  const connection = await openConnection(url, open);
  // A standby ends a statement by the first while its primary vacuums.
  const raised = connection.query(`do $$ begin raise exception 'for others' using errcode = '${code}'; end $$`);
  await expectRefusal(raised, expected, "for others");
  await connection.close();
});

test("ends pages by their bytes, and leaves out what is longer than a value may be", async () => {
  const ctx = await newWorkspace(db);
  await source.query(`create table documents (driver int, at timestamp, noted timestamptz, body text, raw bytea, words text[]);
    alter table documents alter body set storage external;
    insert into documents select i, timestamp '2026-03-01' + i * interval '1 second', now(), repeat('x', case when i < 200 then 10 else 100000 end)
      from generate_series(0, 799) i;
    insert into documents values
      (900, '2026-03-02', now(), repeat('é', 600000), null, null),
      (901, '2026-03-02', now(), null, decode(repeat('00', 1048577), 'hex'), null),
      (902, '2026-03-02', now(), null, null, array[repeat('y', 600000), repeat('y', 600000)]),
      (903, '2026-03-02', now(), repeat('z', 1048576), decode(repeat('00', 1048576), 'hex'), array[repeat('y', 600000)])`);
  await newView(ctx, { query: "select * from documents" });
  const features = { body: "string", raw: "bytes", words: "list<string>" } as const;
  const view = (
    await defineFeatureView(ctx, {
      name: "v",
      entities: ["driver"],
      source: "sql",
      features: Object.entries(features).map(([name, type]) => ({ name, type })),
    })
  ).definition;
  const [defined] = await listViewSources(ctx);
  if (!defined) throw new Error("The source is not there.");
  const reading = { source: defined, columns: columnsToRead(view, defined), range: { from: 0, to: 2 ** 52 } };
  const rows = await openSqlRows(ctx, reading, { source: "sql", kind: "sql", connection: "warehouse" }, place);
  const sizes: { rows: number; bytes: number }[] = [];
  for await (const page of rows.pages(null)) {
    const bytes = (page.columns.body ?? []).reduce<number>((sum, cell) => sum + String(cell ?? "").length, 0);
    sizes.push({ rows: page.rows, bytes });
  }
  await rows.close();
  expect(sizes.reduce((sum, size) => sum + size.rows, 0)).toBe(804);
  // 60 MB in pages of about 16.
  expect(Math.max(...sizes.map(({ bytes }) => bytes))).toBeLessThan(2 * pageBytes);
  expect(sizes.length).toBeGreaterThan(3);

  await materialise(ctx);
  const rejects = await listFeatureRejects(ctx);
  expect(rejects.map(({ column, reason }) => [column, reason]).sort()).toEqual(
    ["body", "raw", "words"].map((column) => [column, "The value is longer than 1 MiB."]),
  );
  const found = await lookUpFeatures(ctx, {
    features: ["v:body", "v:raw", "v:words"],
    entities: { driver: [903, 799] },
  });
  const lengths = found.columns.map(({ values }) => values.map((value) => (value as string | Buffer | null)?.length));
  expect(lengths).toEqual([
    [1_048_576, 100_000],
    [1_048_576, undefined],
    [1, undefined],
  ]);
});

test("asks for few rows where long ones follow many short ones, and for many short ones", async () => {
  const ctx = await newWorkspace(db);
  // Nothing says beforehand that the next rows are long.
  await source.query(`create table turns (driver int, at timestamp, noted timestamptz, body text);
    alter table turns alter body set storage external;
    insert into turns select i, timestamp '2026-03-01' + i * interval '1 second', now(), case when i >= 5000 then repeat('x', 1048576) end
      from generate_series(0, 5059) i`);
  await newView(ctx, { query: "select * from turns" });
  const features = [{ name: "body", type: "string" as const }];
  const defined = await defineFeatureView(ctx, { name: "v", entities: ["driver"], source: "sql", features });
  const [own] = await listViewSources(ctx);
  if (!own) throw new Error("The source is not there.");
  const reading = { source: own, columns: columnsToRead(defined.definition, own), range: { from: 0, to: 2 ** 52 } };
  const answers: { rows: number; bytes: number }[] = [];
  const query = vi.spyOn(pg.Client.prototype, "query");
  const rows = await openSqlRows(ctx, reading, { source: "sql", kind: "sql", connection: "warehouse" }, place);
  let read = 0;
  for await (const page of rows.pages(null)) {
    read += page.rows;
    for (const [index, { value }] of query.mock.settledResults.entries()) {
      const [statement] = query.mock.calls[index] as unknown as [{ text?: string } | string | undefined];
      if (typeof statement !== "object" || !statement.text?.startsWith("FETCH")) continue;
      const { rows } = value as unknown as { rows: (string | null)[][] };
      answers.push({ rows: rows.length, bytes: rows.flat().reduce((sum, cell) => sum + (cell?.length ?? 0), 0) });
    }
    query.mockClear();
  }
  query.mockRestore();
  await rows.close();
  expect(read).toBe(5_060);
  expect(Math.max(...answers.map(({ bytes }) => bytes))).toBeLessThan(pageBytes + 2 ** 20);
  // By the longest value there may be, it would be over 300.
  expect(answers.length).toBeLessThan(60);
});

test("keeps the URL as a secret, tries it, and keeps private addresses out where the installation does", async () => {
  const ctx = await newWorkspace(db);
  await newView(ctx);
  const [connection] = await listFeatureConnections(ctx);
  const { username, host, pathname, password } = new URL(url);
  expect(connection).toMatchObject({ name: "warehouse", address: `${username}@${host}${pathname}`, hasSecret: true });
  const [row] = await db.select().from(featureConnections);
  expect(String(row?.secret)).not.toContain(pathname);
  if (password) expect(JSON.stringify(connection)).not.toContain(password);
  expect(await testFeatureConnection(ctx, "warehouse", open)).toEqual({ problem: null });
  const closed = { allowsPrivate: false };
  const { problem } = await testFeatureConnection(ctx, "warehouse", closed);
  expect(problem).toContain("not a public address");
  await expectRefusal(defineFeatureConnection(ctx, { name: "b", url }, closed), "invalid", "not a public address");
  const wrong = new URL(url);
  wrong.pathname = "nothing_here";
  await expectRefusal(defineFeatureConnection(ctx, { name: "b", url: wrong.href }, open), "invalid", "does not exist");
  await expectRefusal(
    defineFeatureConnection(ctx, { name: "b", url: "postgresql://u:p@127.0.0.1:1/d" }, open),
    "unavailable",
    "The database is unavailable",
  );
  await expectRefusal(defineFeatureConnection(ctx, { name: "b" }, open), "invalid", "needs a URL");
  const described = await defineFeatureConnection(ctx, { name: "warehouse", description: "Rides" }, closed);
  expect(described).toMatchObject({ description: "Rides", hasSecret: true });
  await expectRefusal(
    deleteFeatureConnection(ctx, { name: "warehouse" }),
    "conflict",
    '"sql" reads by this connection',
  );
  await defineViewSource(ctx, { name: "sql", kind: "push" });
  await deleteFeatureConnection(ctx, { name: "warehouse", reason: "moved" });
  expect(await listFeatureConnections(ctx)).toEqual([]);
  expect(await auditedActions(ctx)).toEqual(
    expect.arrayContaining(["feature-connection.created", "feature-connection.changed", "feature-connection.deleted"]),
  );
});
