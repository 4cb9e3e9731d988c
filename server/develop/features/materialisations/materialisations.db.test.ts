import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, asc, eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { featureArrivals, featureLatest, featureMaterialisations, featureViews } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { goldenMaterialisations } from "#server/testing/fixtures/features/golden-materialisations.ts";
import { auditedActions, expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import type { DefineFeatureView } from "../contract.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { defineViewSource } from "../definitions/define-view-source.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { formatTime } from "../values/parse-time.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { cancelMaterialisation } from "./cancel-materialisation.ts";
import { materialiseView } from "./materialise-view.ts";
import { getMaterialisation, listFeatureRejects, listMaterialisations, listNewestMaterialisations } from "./queries.ts";
import { resumeMaterialisations } from "./resume-materialisations.ts";
import { startDueMaterialisations } from "./start-due-materialisations.ts";
import { startMaterialisation } from "./start-materialisation.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-materialisations-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch"), network: { allowsPrivate: true } };

let files = 0;
const engine = await OfflineEngine.open({ folder });
afterAll(() => engine.close());

/** Uploads the rows of a query as a version of a dataset. @returns its digest */
async function upload(
  ctx: Context,
  name: string,
  query: string,
  { extension, options } = { extension: "parquet", options: "FORMAT parquet, ROW_GROUP_SIZE 2048" },
): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.${extension}`);
  await engine.run(`COPY (${query}) TO ${literal(path)} (${options})`);
  const body = Readable.from([await readFile(path)]);
  const fileName = `rows.${extension}`;
  const { id } = await uploadDataset(ctx, { name, fileName }, body, { artifacts, maxBytes: 10 ** 8 });
  await readDataset(ctx, id, artifacts);
  const { rows } = await db.execute<{ digest: string }>(
    sql`select digest from dataset_versions where workspace_id = ${ctx.actor.workspaceId} and name = ${name} order by created_at desc limit 1`,
  );
  return rows[0]?.digest ?? "";
}

/** Creates a view over the newest version of the dataset "rows". */
async function newView(ctx: Context, changes: Partial<DefineFeatureView> = {}, source: object = {}) {
  await defineFeatureEntity(ctx, { name: "k", joinKey: "k", type: "int64" });
  await defineViewSource(ctx, {
    name: "rows",
    kind: "file",
    eventTimeColumn: "event_time",
    options: { path: "dataset:rows" },
    ...source,
  });
  const view: DefineFeatureView = {
    name: "v",
    entities: ["k"],
    source: "rows",
    features: [{ name: "x", type: "int64" }],
    ...changes,
  };
  return (await defineFeatureView(ctx, view)).definition;
}

async function materialise(ctx: Context, input: Partial<Parameters<typeof startMaterialisation>[1]> = {}) {
  const { id } = await startMaterialisation(ctx, { view: "v", ...input });
  await materialiseView(ctx, id, place);
  return getMaterialisation(ctx, id);
}

/** 30,000 rows of 1,000 keys, each with ties and older rows, and every hundredth with a value that the view does not accept. */
const many = `SELECT (i * 7919) % 1000 AS k, TIMESTAMP '2026-03-01' + to_seconds((i * 31) % 20000) AS event_time,
  CASE WHEN i % 100 = 0 THEN -1 ELSE i END AS x FROM range(30000) t(i)`;
const positive = {
  features: [{ name: "x", type: "int64" as const, rules: { min: 0, max: null, nullable: true, levels: null } }],
};

/** The rows of a view as the store has them. */
async function stateOf(ctx: Context) {
  const [view] = await db.select().from(featureViews).where(eq(featureViews.workspaceId, ctx.actor.workspaceId));
  const number = view?.number ?? 0;
  const shown = ({ key, eventAt, packed }: { key: Buffer; eventAt: number; packed: Buffer }) =>
    [key.toString("hex"), eventAt, packed.toString("hex")].join(" ");
  const latest = await db.select().from(featureLatest).where(eq(featureLatest.viewNumber, number));
  const arrivals = await db
    .select()
    .from(featureArrivals)
    .where(eq(featureArrivals.viewNumber, number))
    .orderBy(asc(featureArrivals.sequence));
  return { latest: latest.map(shown).sort(), arrivals: arrivals.map(shown), until: view?.materialisedUntil };
}

const countsOf = ({
  rowsTotal,
  rowsRead,
  rowsWritten,
  rowsOlder,
  rowsRejected,
}: Awaited<ReturnType<typeof getMaterialisation>>) => ({
  rowsTotal,
  rowsRead,
  rowsWritten,
  rowsOlder,
  rowsRejected,
});

test.each(goldenMaterialisations)(
  "materialises: $case",
  async ({ columns, rows, start, end, online, ttlSeconds, expected }) => {
    const ctx = await newWorkspace(db);
    const types: Record<string, string> = { k: "BIGINT", x: "BIGINT" };
    const cell = (value: unknown, column = "") =>
      `CAST(${typeof value === "string" ? literal(value) : (value ?? "NULL")} AS ${types[column] ?? "TIMESTAMP WITH TIME ZONE"})`;
    const values = rows.map((row) => `(${row.map((value, index) => cell(value, columns[index])).join(", ")})`);
    await upload(ctx, "rows", `SELECT * FROM (VALUES ${values.join(", ")}) t(${columns.join(", ")})`);
    const hasCreated = columns.includes("created");
    await newView(ctx, { ttlUs: (ttlSeconds ?? 0) * 1_000_000 }, { createdTimeColumn: hasCreated ? "created" : null });
    for (const [k, event_time, x] of online ?? []) {
      await writeFeatures(ctx, { view: "v", columns: { k: [k], event_time: [event_time], x: [x] } });
    }
    // One bad row of two is more than the limit, but what was good stays.
    await materialise(ctx, { from: start, to: end });
    const answer = await lookUpFeatures(ctx, { features: ["v:x"], entities: { k: expected.map(([k]) => k) } });
    const [column] = answer.columns;
    const found = expected.map(([k], index) => {
      const value = column?.values[index];
      const eventAt = column?.answer.eventAt[index] ?? 0;
      return [k, value === null ? null : Number(value), column?.statuses[index], formatTime(eventAt)];
    });
    expect(found).toEqual(expected);
  },
);

test("writes good rows, keeps bad ones with their reason, and fails above the limit of their share", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx, positive);
  const done = await materialise(ctx);
  expect(done).toMatchObject({
    state: "done",
    trigger: "request",
    problem: null,
    fromEventAt: null,
    secondsLeft: null,
  });
  expect(countsOf(done)).toMatchObject({ rowsTotal: 30_000, rowsRead: 30_000, rowsRejected: 300 });
  expect(done.rowsWritten + done.rowsOlder).toBe(29_700);
  expect(done.rowsPerSecond).toBeGreaterThan(0);
  const { arrivals, latest, until } = await stateOf(ctx);
  expect(arrivals).toHaveLength(29_700);
  expect(latest).toHaveLength(990);
  expect(until).toBeGreaterThan(Date.parse("2026-03-01") * 1000);
  const rejects = await listFeatureRejects(ctx, { materialisation: done.id, limit: 1000 });
  expect(rejects).toHaveLength(300);
  expect(rejects[0]).toMatchObject({
    view: "v",
    origin: "materialisation",
    column: "x",
    reason: "-1 is below 0.",
    row: { x: "-1", k: expect.stringMatching(/^\d+$/), event_time: expect.any(String) },
  });
  expect(await auditedActions(ctx)).toEqual(
    expect.arrayContaining(["materialisation.started", "materialisation.done"]),
  );

  await defineViewSource(ctx, {
    name: "rows",
    kind: "file",
    eventTimeColumn: "event_time",
    options: { path: "dataset:rows", maxRejectedShare: 0.005 },
  });
  const before = (await stateOf(ctx)).until;
  const failed = await materialise(ctx, { from: "2026-01-01" });
  expect(failed).toMatchObject({
    state: "failed",
    problem: expect.stringMatching(/^\d+ of \d+ rows break .* limit of 0.5%/),
  });
  expect((await stateOf(ctx)).until).toBe(before);
  expect(await auditedActions(ctx)).toContain("materialisation.failed");
});

test("ends with the same rows and counts after its runner was killed, at any page", async () => {
  const whole = await newWorkspace(db);
  await upload(whole, "rows", many);
  await newView(whole, positive);
  const expected = await materialise(whole);
  const expectedState = await stateOf(whole);

  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx, positive);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  const zombies: (() => void)[] = [];
  const killed: Promise<void>[] = [];
  for (const dies of [0, 1, 1]) {
    // It stands still, as one that was killed, before it writes a page.
    const reached = Promise.withResolvers<void>();
    let page = 0;
    const onPage = async () => {
      if (page++ !== dies) return;
      const wakes = Promise.withResolvers<void>();
      zombies.push(wakes.resolve);
      reached.resolve();
      await wakes.promise;
    };
    killed.push(materialiseView(ctx, id, { ...place, onPage }));
    await reached.promise;
    await expire(ctx, id);
  }
  const before = await getMaterialisation(ctx, id);
  expect(before.rowsRead).toBeGreaterThan(0);
  expect(before.rowsRead).toBeLessThan(30_000);
  expect((await stateOf(ctx)).until).toBeNull();
  await materialiseView(ctx, id, place);
  // Those that were only slow write nothing any more.
  for (const wake of zombies) wake();
  await Promise.all(killed);
  expect(countsOf(await getMaterialisation(ctx, id))).toEqual(countsOf(expected));
  const state = await stateOf(ctx);
  expect(state.latest).toEqual(expectedState.latest);
  expect(state.arrivals).toEqual(expectedState.arrivals);
  expect(await listFeatureRejects(ctx, { limit: 1000 })).toHaveLength(300);
});

/** Lets the lease of a materialisation expire. */
async function expire(ctx: Context, id: string): Promise<void> {
  await db
    .update(featureMaterialisations)
    .set({ leasedUntil: new Date(0) })
    .where(and(eq(featureMaterialisations.workspaceId, ctx.actor.workspaceId), eq(featureMaterialisations.id, id)));
}

test("writes nothing after it was cancelled, between any two pages", async () => {
  for (const at of [0, 1, 2]) {
    const ctx = await newWorkspace(db);
    await upload(ctx, "rows", many);
    await newView(ctx, positive);
    const { id } = await startMaterialisation(ctx, { view: "v" });
    let page = 0;
    const onPage = async () => {
      if (page++ === at) await cancelMaterialisation(ctx, id);
    };
    await materialiseView(ctx, id, { ...place, onPage });
    const cancelled = await getMaterialisation(ctx, id);
    expect(cancelled).toMatchObject({ state: "cancelled", endedAt: expect.any(Date) });
    const { arrivals, until } = await stateOf(ctx);
    expect(arrivals).toHaveLength(cancelled.rowsWritten + cancelled.rowsOlder);
    expect(cancelled.rowsRead).toBe(at * 10_000);
    expect(until).toBeNull();
    await expectRefusal(cancelMaterialisation(ctx, id), "conflict", "already ended");
  }
});

test("fails after five runners died at the same place, and goes on as long as each makes progress", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx, positive);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  const attemptsOf = async () =>
    (await db.select().from(featureMaterialisations).where(eq(featureMaterialisations.id, id)))[0]?.attempts;
  const die = async (after: number) => {
    const reached = Promise.withResolvers<void>();
    let page = 0;
    const onPage = () => {
      if (page++ < after) return Promise.resolve();
      reached.resolve();
      return new Promise<void>(() => {});
    };
    void materialiseView(ctx, id, { ...place, onPage });
    await reached.promise;
    await expire(ctx, id);
  };
  await die(1);
  expect(await attemptsOf()).toBe(1);
  for (const attempts of [2, 3, 4, 5]) {
    await resumeMaterialisations(as(ctx, "admin"));
    await die(0);
    expect(await attemptsOf()).toBe(attempts);
  }
  await resumeMaterialisations(as(ctx, "admin"));
  expect(await getMaterialisation(ctx, id)).toMatchObject({
    state: "failed",
    problem: expect.stringContaining("stopped 5 times at the same row"),
  });
});

test("waits while Postgres or a file is out of reach, and continues where it was", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx, positive);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let page = 0;
  const onPage = async () => {
    page += 1;
    if (page === 2)
      throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  await materialiseView(ctx, id, { ...place, onPage });
  const waiting = await getMaterialisation(ctx, id);
  expect(waiting).toMatchObject({ state: "waiting", problem: expect.stringContaining("unavailable"), endedAt: null });
  expect(waiting.rowsRead).toBeGreaterThan(0);
  await expire(ctx, id);
  await materialiseView(ctx, id, place);
  expect(await getMaterialisation(ctx, id)).toMatchObject({ state: "done", problem: null, rowsRead: 30_000 });
});

test("allows one materialisation per view, unless it restarts it", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx);
  const first = await startMaterialisation(ctx, { view: "v" });
  await expectRefusal(startMaterialisation(ctx, { view: "v" }), "conflict", "is already being materialised");
  const second = await startMaterialisation(ctx, { view: "v", restart: true });
  const states = (await listMaterialisations(ctx, { view: "v" })).map(({ id, state }) => [id, state]);
  expect(states).toEqual([
    [second.id, "waiting"],
    [first.id, "cancelled"],
  ]);
  expect(await listMaterialisations(ctx, { state: "waiting" })).toHaveLength(1);
  await newView(ctx, { name: "other" });
  const third = await startMaterialisation(ctx, { view: "other" });
  await newView(await newWorkspace(db));
  expect((await listNewestMaterialisations(ctx)).map(({ id, view }) => [view, id])).toEqual([
    ["other", third.id],
    ["v", second.id],
  ]);
});

test("continues where the last one ended, at latest when that began", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", many);
  await newView(ctx);
  const count = async (range: string) => {
    const [[rows] = []] = await engine.rows(`SELECT count(*) FROM (${many}) WHERE event_time ${range}`);
    return Number(rows);
  };
  const first = await materialise(ctx, { to: "2026-03-01T01:00:00Z" });
  expect(first.rowsRead).toBe(await count("<= TIMESTAMP '2026-03-01 01:00:00'"));
  expect((await stateOf(ctx)).until).toBe(Date.parse("2026-03-01T01:00:00Z") * 1000);
  // The rows of that very moment are read again, which changes nothing.
  const second = await materialise(ctx, { to: "2100-01-01" });
  expect(second.rowsRead).toBe(await count(">= TIMESTAMP '2026-03-01 01:00:00'"));
  expect(first.rowsRead + second.rowsRead).toBeGreaterThan(30_000);
  const { until } = await stateOf(ctx);
  expect(until).toBeLessThanOrEqual(Date.now() * 1000);
  await expectRefusal(
    startMaterialisation(ctx, { view: "v", from: "2026-03-02", to: "2026-03-01" }),
    "invalid",
    "empty",
  );
});

test("reads everything again by the new version of a view that changes meanwhile", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", `SELECT *, 2.5 AS y FROM (${many})`);
  const view = await newView(ctx);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let page = 0;
  const onPage = async () => {
    if (page++ !== 1) return;
    await newView(ctx, { features: [...view.current.features, { name: "y", type: "float64" }] });
  };
  await materialiseView(ctx, id, { ...place, onPage });
  expect(countsOf(await getMaterialisation(ctx, id))).toMatchObject({ rowsRead: 30_000, rowsRejected: 0 });
  const { columns } = await lookUpFeatures(ctx, { features: ["v:y"], entities: { k: [1, 2, 999] } });
  expect(columns[0]?.values).toEqual([2.5, 2.5, 2.5]);
});

test("materialises each new version of a dataset, and sources by their interval", async () => {
  const ctx = await newWorkspace(db);
  const admin = as(ctx, "admin");
  await newView(ctx, {}, { kind: "dataset", options: { dataset: "rows" } });
  await startDueMaterialisations(admin);
  expect(await listMaterialisations(ctx)).toEqual([]);
  const run = async () => {
    await startDueMaterialisations(admin);
    const waiting = await listMaterialisations(ctx, { state: "waiting" });
    for (const { id } of waiting) await materialiseView(ctx, id, place);
    return waiting.map(({ trigger, input }) => [trigger, input?.dataset?.digest]);
  };
  const row = (x: number) => `SELECT 1 AS k, TIMESTAMP '2026-03-01' AS event_time, ${x} AS x`;
  const one = await upload(ctx, "rows", row(1));
  expect(await run()).toEqual([["dataset-version", one]]);
  expect(await run()).toEqual([]);
  const two = await upload(ctx, "rows", row(2));
  expect(await run()).toEqual([["dataset-version", two]]);
  // It corrects a row of the same time.
  const found = await lookUpFeatures(ctx, { features: ["v:x"], entities: { k: [1] } });
  expect(found.columns[0]?.values).toEqual([2n]);

  await newView(ctx, {}, { options: { path: "dataset:rows", everyMinutes: 30 } });
  expect(await run()).toEqual([]);
  await db.execute(
    sql`update feature_materialisations set created_at = created_at - interval '31 minutes' where workspace_id = ${ctx.actor.workspaceId}`,
  );
  expect(await run()).toEqual([["interval", two]]);
  expect(await run()).toEqual([]);
});

test("reads each version of a dataset completely, whoever begins with it", async () => {
  const ctx = await newWorkspace(db);
  const admin = as(ctx, "admin");
  await newView(ctx, {}, { kind: "dataset", options: { dataset: "rows" } });
  const version = (x: number) =>
    upload(
      ctx,
      "rows",
      `SELECT * FROM (VALUES (1, TIMESTAMP '2026-03-01', ${x}), (2, TIMESTAMP '2026-05-01', ${x})) t(k, event_time, x)`,
    );
  const valueNow = async () =>
    (await lookUpFeatures(ctx, { features: ["v:x"], entities: { k: [1] } })).columns[0]?.values[0];
  const due = async () => {
    await startDueMaterialisations(admin);
    return (await listMaterialisations(ctx, { state: "waiting" })).map(({ id, fromEventAt }) => ({ id, fromEventAt }));
  };
  const runDue = async () => {
    const found = await due();
    for (const { id } of found) await materialiseView(ctx, id, place);
    return found.length;
  };
  await version(1);
  expect(await runDue()).toBe(1);

  // Whoever names no start gets all of a version that was not read yet, and then what comes after the last end.
  await version(2);
  expect(await materialise(ctx)).toMatchObject({ state: "done", rowsRead: 2, fromEventAt: null });
  expect(await valueNow()).toBe(2n);
  expect(await runDue()).toBe(0);
  expect((await materialise(ctx)).fromEventAt).not.toBeNull();

  // A part of the range, as a client of Feast asks for it, is not the version.
  await version(3);
  expect((await materialise(ctx, { from: "2026-04-01" })).rowsRead).toBe(1);
  expect((await materialise(ctx, { from: null, to: "2026-03-02" })).rowsRead).toBe(1);
  expect(await runDue()).toBe(1);
  expect(await valueNow()).toBe(3n);

  // Nor is one that something else replaced. Who cancels one has it not begin again at once.
  await version(4);
  expect(await due()).toMatchObject([{ fromEventAt: null }]);
  expect((await materialise(ctx, { from: "2026-04-01", restart: true })).rowsRead).toBe(1);
  const [again] = await due();
  await cancelMaterialisation(ctx, again?.id ?? "");
  expect(await due()).toEqual([]);
  expect((await materialise(ctx)).fromEventAt).toBeNull();
  expect(await valueNow()).toBe(4n);
  expect(await due()).toEqual([]);
});

test.each([
  ["csv", "FORMAT csv, HEADER"],
  ["parquet", "FORMAT parquet"],
])("reads all rows of %s files with a column that is called like DuckDB's row ids", async (extension, options) => {
  const ctx = await newWorkspace(db);
  const rows = `SELECT i AS k, TIMESTAMP '2026-03-01' + to_seconds(i) AS event_time,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 5 - i END AS "RowId" FROM range(9) t(i)`;
  await upload(ctx, "rows", rows, { extension, options });
  await newView(
    ctx,
    { features: [{ name: "x", type: "int64" }] },
    { options: { path: "dataset:rows", fieldMapping: { RowId: "x" } } },
  );
  expect(await materialise(ctx)).toMatchObject({
    state: "done",
    rowsTotal: 9,
    rowsRead: 9,
    rowsWritten: 9,
    problem: null,
  });
  const { columns } = await lookUpFeatures(ctx, { features: ["v:x"], entities: { k: [1, 3, 8] } });
  expect(columns[0]?.values).toEqual([4n, null, -3n]);
});

test("rejects keys that no index holds", async () => {
  const ctx = await newWorkspace(db);
  // Random, so that Postgres cannot shorten it.
  const long = "(SELECT string_agg(md5(CAST(i AS VARCHAR)), '') FROM range(100) t(i))";
  await upload(ctx, "rows", `SELECT unnest(['a', ${long}]) AS k, TIMESTAMP '2026-03-01' AS event_time, 1 AS x`);
  await defineFeatureEntity(ctx, { name: "text", joinKey: "k", type: "string" });
  await newView(ctx, { entities: ["text"] }, { options: { path: "dataset:rows", maxRejectedShare: 1 } });
  expect(await materialise(ctx)).toMatchObject({ state: "done", problem: null, rowsWritten: 1, rowsRejected: 1 });
  expect(await listFeatureRejects(ctx)).toMatchObject([{ column: "k", reason: "The key is longer than 2000 bytes." }]);
});

test("reads cells of every kind, by the names of the field mapping", async () => {
  const ctx = await newWorkspace(db);
  await upload(
    ctx,
    "rows",
    `SELECT 'a' AS key, '2026-03-01T10:00:00+02:00' AS at, 1.5::DECIMAL(9, 2) AS price, [1, 2]::INTEGER[] AS sizes, {'a': 9007199254740993} AS more,
      TIMESTAMP_NS '2026-01-01 00:00:00.000000001' AS seen, '\\x01'::BLOB AS raw, 3.0 AS whole, NULL::INTEGER AS nothing, ['u']::VARCHAR[] AS words,
      DATE '2026-01-02' AS day`,
  );
  await defineFeatureEntity(ctx, { name: "item", joinKey: "item", type: "string" });
  await defineViewSource(ctx, {
    name: "rows",
    kind: "file",
    eventTimeColumn: "at",
    options: { path: "dataset:rows", fieldMapping: { key: "item" } },
  });
  await defineFeatureView(ctx, {
    name: "v",
    entities: ["item"],
    source: "rows",
    features: [
      { name: "price", type: "float64" },
      { name: "sizes", type: "list<int64>" },
      { name: "more", type: "map" },
      { name: "seen", type: "timestamp" },
      { name: "raw", type: "bytes" },
      { name: "whole", type: "int64" },
      { name: "nothing", type: "string" },
      { name: "words", type: "list<string>" },
      { name: "day", type: "timestamp" },
    ],
  });
  expect(await materialise(ctx)).toMatchObject({ state: "done", problem: null, rowsRead: 1, rowsWritten: 1 });
  const names = ["price", "sizes", "more", "seen", "raw", "whole", "nothing", "words", "day"];
  const { columns } = await lookUpFeatures(ctx, {
    features: names.map((name) => `v:${name}`),
    entities: { item: ["a"] },
  });
  expect(columns.map(({ values: [value] }) => value)).toEqual([
    1.5,
    [1n, 2n],
    '{"a":9007199254740993}',
    1_767_225_600_000_001n,
    Buffer.from([1]),
    3n,
    null,
    ["u"],
    1_767_312_000_000_000n,
  ]);
  expect(columns[0]?.answer.eventAt).toEqual([Date.parse("2026-03-01T08:00:00Z") * 1000]);
});

test("refuses what it cannot read, by the name of the kind, and never reads files of the machine", async () => {
  const ctx = await newWorkspace(db);
  await upload(ctx, "rows", `SELECT 1 AS k, 5 AS event_time, 1 AS x`);
  const start = (source: object) => newView(ctx, {}, source).then(() => startMaterialisation(ctx, { view: "v" }));
  await expectRefusal(start({ kind: "stored", options: { kindName: "KafkaSource" } }), "invalid", "KafkaSource");
  await expectRefusal(start({ kind: "push", options: {} }), "invalid", "by writes only");
  for (const path of ["/etc/passwd", "../../x", "file:///etc/passwd", `${ctx.actor.workspaceId}/x`, "s3://bucket/x"]) {
    await expectRefusal(start({ options: { path } }), "invalid", "There is no file");
  }
  await expectRefusal(start({ options: { path: null } }), "invalid", "has no path");
  await expectRefusal(start({ options: { path: "dataset:none" } }), "not-found", '"none"');
  await expectRefusal(start({ options: { path: "dataset:rows@ab" } }), "not-found", "ab");
  const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const, scopes: ["features:write"] } };
  await newView(ctx);
  await expectRefusal(startMaterialisation(token, { view: "v" }), "forbidden", "tracking:read");
  expect(await materialise(ctx)).toMatchObject({
    state: "failed",
    problem: 'The column "event_time" holds INTEGER, not times.',
  });
  await upload(ctx, "rows", `SELECT 1 AS k, TIMESTAMP '2026-03-01' AS event_time`);
  const failed = await materialise(ctx);
  expect(failed.problem).toBe('The source "rows" has no column "x" for the feature "x".');
});
