import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { artifactFiles, loggedModels, webhookDeliveries, webhooks } from "#db/schema/index.ts";
import { emptyDatabase, freshDatabase } from "#db/testing.ts";
import { readCatalogue } from "#db/testing-catalogue.ts";
import { type Context, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import { readRestored } from "#server/platform/installation-state.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { fillWithOddRows } from "#server/testing/fixtures/backup/odd-rows.ts";
import { loggedModel } from "#server/testing/fixtures/registry/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { collectArtifacts } from "../collection/collect-artifacts.ts";
import type { ArtifactMode } from "./format.ts";
import { checkingOnly, readBackup } from "./read-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { type BackupProgress, writeBackup } from "./write-backup.ts";

configureLog({ role: "test", level: "silent" });
const source = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-backup-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(join(folder, "artifacts"));
const quiet: BackupProgress = { tables: () => {}, files: () => {} };
let count = 0;

/** Writes a backup of the source. @returns its path, and what the command reports */
async function backUp(artifacts: ArtifactMode = "copied", progress: Partial<BackupProgress> = {}) {
  const path = join(folder, `${++count}.tar`);
  const summary = await writeBackup({
    databaseUrl: source.url,
    db: source.db,
    store,
    artifacts,
    output: createWriteStream(path),
    listFile: `${path}.list`,
    signal: new AbortController().signal,
    progress: { ...quiet, ...progress },
  });
  return { path, ...summary };
}

/** Restores into a new database and folder. */
async function restoreInto(path: string, databaseUrl: string, artifacts = join(folder, `artifacts-${++count}`)) {
  const target = await openLocalStore(artifacts);
  const summary = await restoreBackup({
    path,
    databaseUrl,
    location: { kind: "folder", path: artifacts },
    store: target,
    isPaused: true,
    progress: { stage: () => {}, bytes: () => {} },
  });
  return { ...summary, store: target };
}

async function withDatabase<Result>(
  url: string,
  work: (database: ReturnType<typeof openDatabase>) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(url, { max: 2, name: "leeway-test-restored" });
  return work(database).finally(database.close);
}

/** Everything in a database, without what a backup and a restore add. */
const contentOf = (url: string) =>
  withDatabase(url, async ({ pool }) =>
    (await readCatalogue(pool)).filter(
      (line) => !/"installation\.restored"|"key": "(restored|artifact-hold)/.test(line),
    ),
  );

const jobsOf = (url: string) =>
  withDatabase(url, async ({ pool }) => {
    const { rows } = await pool.query(
      "select id, name, data, state, retry_count, started_on from pgboss.job where state < 'completed' and name not like '%pgboss%' order by created_on, id",
    );
    return rows;
  });

const isEmpty = (url: string) =>
  withDatabase(url, async ({ pool }) => {
    const { rows } = await pool.query(
      "select count(*)::int as count from pg_class where relnamespace::regnamespace::text in ('public', 'drizzle') and relkind = 'r'",
    );
    return rows[0].count === 0;
  });

async function storeFile(ctx: Context, name: string, text: string): Promise<string> {
  const key = `${ctx.actor.workspaceId}/7/${name}/artifacts/file`;
  await recordFile(ctx, key, await store.put(key, Readable.from([Buffer.from(text)])));
  return key;
}

async function read(from: typeof store, key: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await from.open(key)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

let ctx: Context;
beforeAll(async () => {
  ctx = await newWorkspace(source.db);
});

test("restores odd values, partitions, generated columns, sequences and jobs exactly", async () => {
  const types = await fillWithOddRows(source.pool);
  expect([...types]).toEqual(expect.arrayContaining(["text", "jsonb", "bytea", "double precision", "bigint", "uuid"]));
  await source.pool.query(
    "create table predictions_20200101 partition of predictions for values from ('2020-01-01T00:00:00Z') to ('2020-01-02T00:00:00Z')",
  );
  // A row of several parts.
  await source.pool.query(
    "insert into system_values (key, value) values ('large', to_jsonb(repeat(md5('x'), 700000)))",
  );
  const { workspaceId } = ctx.actor;
  const webhookId = randomUUID();
  await source.db
    .insert(webhooks)
    .values({ id: webhookId, workspaceId, name: "hook", url: "https://a.test", events: ["*"] });
  await source.db
    .insert(webhookDeliveries)
    .values({ workspaceId, webhookId, event: "e", url: "https://Example.org/hook", body: "{}" });
  await enqueue(ctx, "collect-artifacts", {});
  await enqueue(ctx, "sweep-artifacts", {});
  await source.pool.query(
    "update pgboss.job set state = 'active', started_on = now(), retry_count = 1, keep_until = now() - interval '1 day' where name = 'sweep-artifacts'",
  );
  // The queue adds jobs of its own every minute, which the restored one does too.
  await source.pool.query("select pgboss.create_queue('__pgboss__send-it', '{\"policy\": \"standard\"}')");
  await source.pool.query("insert into pgboss.job (name, data) values ('__pgboss__send-it', '{}')");
  const key = await storeFile(ctx, `Übung "quoted" \u2028 {x}`, "weights");
  const { path, manifest, foreign } = await backUp();
  expect(foreign).toEqual([]);
  expect(manifest.artifacts).toMatchObject({ count: 1, bytes: 7, damaged: [] });
  const url = await emptyDatabase();
  const restored = await restoreInto(path, url);

  // Numbers of transactions mean nothing in another cluster: rows of features get the first one.
  const arrival = /^(row feature_arrivals.*"transaction": "?)[^",}]+/s;
  const expected = (await contentOf(source.url)).map((line) =>
    line.replace(arrival, (_, before: string) => `${before}3`),
  );
  expect((await contentOf(url)).sort()).toEqual(expected.sort());
  expect(expected.some((line) => arrival.exec(line))).toBe(true);
  expect(await read(restored.store, key)).toBe("weights");
  const expectedJobs = (await jobsOf(source.url)).map((job) => ({
    ...job,
    state: job.state === "active" ? "retry" : job.state,
    started_on: null,
  }));
  expect(expectedJobs).toHaveLength(2);
  expect(restored.jobs).toEqual({ added: 2, unknown: 0 });
  expect(await jobsOf(url)).toEqual(expectedJobs);
  await withDatabase(url, async ({ db, pool }) => {
    expect(await readRestored(db)).toMatchObject({ isPaused: true });
    const last = "select last_value from audit_events_id_seq";
    const [before, after] = [await source.pool.query(last), await pool.query(last)];
    expect(after.rows[0].last_value).toBeGreaterThanOrEqual(before.rows[0].last_value);
    const { rows } = await pool.query("select count(*)::int as count from pgboss.job where keep_until < now()");
    expect(rows[0].count).toBe(0);
  });
});

test("holds the moment of the snapshot, and files as they are when their turn comes", async () => {
  const names = ["kept", "replaced", "deleted", "purged"];
  const [kept, replaced, deleted] = await Promise.all(names.map((name) => storeFile(ctx, name, name)));
  const model = `m-${ctx.actor.workspaceId}`;
  await loggedModel(ctx, model);
  const purged = `${ctx.actor.workspaceId}/77/models/${model}/artifacts/file`;
  await recordFile(ctx, purged, await store.put(purged, Readable.from([Buffer.from("purged")])));
  let isDone = false;
  const { path, manifest } = await backUp("copied", {
    tables: async () => {
      if (isDone) return;
      isDone = true;
      await source.db.execute(sql`insert into system_values (key, value) values ('after the snapshot', '1')`);
      await storeFile(ctx, "later", "later");
      await storeFile(ctx, "replaced", "replaced with more");
      await store.remove(deleted as string);
      await source.db.delete(artifactFiles).where(eq(artifactFiles.key, deleted as string));
      await transact(ctx, async (ctx) => {
        await ctx.db.delete(loggedModels).where(eq(loggedModels.id, model));
        await releaseArtifacts(ctx, [`mlflow-artifacts:/77/models/${model}/artifacts`]);
      });
      await collectArtifacts(ctx, store);
    },
  });
  expect(manifest.artifacts).toMatchObject({ replaced: [{ key: replaced }], deleted: [deleted], damaged: [] });
  const url = await emptyDatabase();
  const restored = await restoreInto(path, url);
  expect(await read(restored.store, purged)).toBe("purged");
  expect(await read(restored.store, kept as string)).toBe("kept");
  expect(await read(restored.store, replaced as string)).toBe("replaced with more");
  await withDatabase(url, async ({ db, pool }) => {
    const { rows } = await pool.query(
      "select key from system_values where key = 'after the snapshot' union all select name from leases where name like 'artifact-hold%'",
    );
    expect(rows).toEqual([]);
    const files = await db.select().from(artifactFiles);
    for (const { key, sizeBytes } of files) expect((await restored.store.stat(key)).sizeBytes).toBe(sizeBytes);
    expect(files.map(({ key }) => key)).not.toContain(deleted);
  });
  // The hold is over, so the collector goes on.
  await collectArtifacts(ctx, store);
  await expect(store.stat(purged)).rejects.toThrow("not found");
});

test("reports a file that the store has lost or changed, and backs up the rest", async () => {
  const [lost, changed] = [await storeFile(ctx, "lost", "lost"), await storeFile(ctx, "changed", "changed")];
  await store.remove(lost);
  await store.put(changed, Readable.from([Buffer.from("rotten!")]));
  const { path, manifest } = await backUp();
  expect(manifest.artifacts.damaged.sort()).toEqual([changed, lost].sort());
  await expect(readBackup(path, checkingOnly)).resolves.toBeDefined();
  await source.db.delete(artifactFiles).where(eq(artifactFiles.key, lost));
  await storeFile(ctx, "changed", "changed");
}, 120_000);

test("fails without a complete file when a table is rewritten, and goes on without a dropped partition", async () => {
  await source.pool.query(
    "create table predictions_20200102 partition of predictions for values from ('2020-01-02T00:00:00Z') to ('2020-01-03T00:00:00Z')",
  );
  let statement: string | undefined = "drop table predictions_20200102";
  const run = async () => {
    const query = statement;
    statement = undefined;
    if (query) await source.pool.query(query);
  };
  await expect(backUp("copied", { tables: run })).resolves.toBeDefined();
  statement = "vacuum full workspaces";
  await expect(backUp("copied", { tables: run })).rejects.toThrow("public.workspaces was rewritten during the backup");
  await expect(readBackup(join(folder, `${count}.tar`), checkingOnly)).rejects.toThrow("damaged or incomplete");
  expect((await readdir(folder)).filter((name) => name.endsWith(".list"))).toEqual([]);
});

test("stops with the output's own error, with an interruption, and without a Leeway", async () => {
  await source.pool.query(
    "insert into system_values (key, value) select 'random', to_jsonb(string_agg(md5(i::text), '')) from generate_series(1, 600000) i",
  );
  const noSpace = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  let room = 1_000_000;
  const full = new Writable({
    write(chunk: Buffer, _encoding, done) {
      room -= chunk.length;
      done(room < 0 ? noSpace : null);
    },
  });
  const write = (options: { output: Writable; signal?: AbortSignal; tables?: () => unknown; databaseUrl?: string }) =>
    writeBackup({
      databaseUrl: source.url,
      db: source.db,
      store,
      artifacts: "copied",
      listFile: join(folder, "list"),
      signal: new AbortController().signal,
      progress: { ...quiet, ...(options.tables && { tables: options.tables }) },
      ...options,
    });
  await expect(write({ output: full })).rejects.toBe(noSpace);
  const stop = new AbortController();
  const output = createWriteStream(join(folder, "interrupted"));
  await expect(write({ output, signal: stop.signal, tables: () => stop.abort() })).rejects.toThrow("abort");
  await source.pool.query("delete from system_values where key = 'random'");
  const left = async () => {
    const { rows } = await source.pool.query(
      `select (select count(*)::int from leases where name like 'artifact-hold%') as holds,
        (select count(*)::int from pg_stat_activity where datname = current_database() and application_name like 'leeway-backup%') as connections`,
    );
    return rows[0];
  };
  await expect.poll(left).toEqual({ holds: 0, connections: 0 });
  await withDatabase(await emptyDatabase(), async ({ db }) => {
    await expect(
      writeBackup({
        databaseUrl: source.url,
        db,
        store,
        artifacts: "copied",
        output: createWriteStream(join(folder, "none")),
        listFile: join(folder, "list"),
        signal: new AbortController().signal,
        progress: quiet,
      }),
    ).rejects.toThrow("contains no Leeway data");
  });
});

describe("a backup by reference", () => {
  test("requires its files in the store, and changes nothing without them", async () => {
    const key = await storeFile(ctx, "referenced", "referenced");
    const { path, manifest } = await backUp("reference");
    expect(manifest.artifacts.count).toBeGreaterThan(0);
    const url = await emptyDatabase();
    const elsewhere = join(folder, "elsewhere");
    await expect(restoreInto(path, url, elsewhere)).rejects.toThrow("is missing in the store");
    expect(await isEmpty(url)).toBe(true);
    expect(await readdir(elsewhere)).toEqual([".incoming"]);
    const { store: same } = await restoreInto(path, url, join(folder, "artifacts"));
    expect(await read(same, key)).toBe("referenced");
  });
});

describe("a target or backup that cannot be used", () => {
  let path: string;
  beforeAll(async () => {
    await storeFile(ctx, "damaged", "the content of a file that can be found in the backup");
    ({ path } = await backUp());
  });

  test("rejects a database that is not empty, and says what it holds", async () => {
    await expect(restoreInto(path, source.url)).rejects.toThrow(
      /not empty: .* of a Leeway with \d+ workspaces, \d+ people and \d+ runs/,
    );
    const url = await emptyDatabase();
    await withDatabase(url, ({ pool }) => pool.query("create table poems (line text)"));
    await expect(restoreInto(path, url)).rejects.toThrow("1 tables, such as public.poems");
  });

  test("rejects an artifact folder that is not empty", async () => {
    const artifacts = join(folder, "taken");
    await (await openLocalStore(artifacts)).put("w/file", Readable.from(["x"]));
    const url = await emptyDatabase();
    await expect(restoreInto(path, url, artifacts)).rejects.toThrow(/artifact folder .*taken is not empty: .* "w"/);
    expect(await isEmpty(url)).toBe(true);
  });

  test.each([
    ["a row", (bytes: Buffer) => flip(bytes, bytes.indexOf("tables/public.users/000001.zst") + 512 + 40)],
    ["a file", (bytes: Buffer) => flip(bytes, bytes.indexOf("the content of a file"))],
    ["the list of files", (bytes: Buffer) => flip(bytes, bytes.indexOf("artifacts.jsonl/000001.zst") + 512 + 30)],
    ["the header", (bytes: Buffer) => flip(bytes, bytes.indexOf('"createdAt"') + 15)],
    ["the manifest", (bytes: Buffer) => flip(bytes, bytes.lastIndexOf('"rows": ') + 8)],
    ["its length", (bytes: Buffer) => bytes.subarray(0, bytes.length - 2048)],
    ["its end", (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
  ])("rejects a backup with a change in %s before it writes anything", async (_what, change) => {
    const damaged = join(folder, "damaged.tar");
    await writeFile(damaged, change(await readFile(path)));
    await expect(readBackup(damaged, checkingOnly)).rejects.toThrow(/damaged or incomplete/);
    const url = await emptyDatabase();
    await expect(restoreInto(damaged, url)).rejects.toThrow(/damaged or incomplete/);
    expect(await isEmpty(url)).toBe(true);
  });

  test("rejects a newer format, a newer schema and any other file, each with what to do", async () => {
    const other = join(folder, "other.tar");
    const bytes = await readFile(path);
    const change = async (from: string, to: string) => {
      const text = bytes.toString("latin1");
      expect(text).toContain(from);
      await writeFile(other, Buffer.from(text.replace(from, to), "latin1"));
    };
    const url = await emptyDatabase();
    await change('"version": 1,', '"version": 9,');
    await expect(restoreInto(other, url)).rejects.toThrow("has format 9, but this version of Leeway reads up to 1");
    await change('"migration": 1', '"migration": 9');
    await expect(restoreInto(other, url)).rejects.toThrow("written by a newer version");
    await writeFile(other, "-- PostgreSQL database dump\n".repeat(100));
    await expect(restoreInto(other, url)).rejects.toThrow(/damaged or incomplete|not a backup/);
    await expect(restoreInto(join(folder, "none.tar"), url)).rejects.toThrow("cannot be read (ENOENT)");
    expect(await isEmpty(url)).toBe(true);
  });

  test("rejects names that would become other SQL", async () => {
    const bytes = await readFile(path);
    const text = bytes.toString("latin1").replace('"public.users"', '"public;users"');
    const other = join(folder, "hostile.tar");
    await writeFile(other, Buffer.from(text, "latin1"));
    await expect(readBackup(other, checkingOnly)).rejects.toThrow("its header is not valid");
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  expect(at).toBeGreaterThan(512);
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] as number) ^ 0x01;
  return changed;
}
