import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DatabaseHandle, openDatabase } from "./client.ts";
import { emptyDatabase } from "./testing.ts";
import { readCatalogue } from "./testing-catalogue.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const rename = "0001_rename_to_field_words";

/** Only the migrations up to the one of this file, so that later ones do not change what it proves. */
async function folderUntil(tag: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-rename-"));
  afterAll(() => rm(folder, { recursive: true }));
  await cp(migrationsFolder, folder, { recursive: true });
  const journalFile = join(folder, "meta/_journal.json");
  const journal: { entries: { tag: string }[] } = JSON.parse(await readFile(journalFile, "utf8"));
  const count = journal.entries.findIndex((entry) => entry.tag === tag) + 1;
  await writeFile(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}

let before = "";
let after = "";
beforeAll(async () => {
  before = await folderUntil("0000_baseline");
  after = await folderUntil(rename);
});

async function withBaseline(name: string): Promise<DatabaseHandle> {
  const handle = openDatabase(await emptyDatabase(), { max: 1, name });
  afterAll(() => handle.close());
  await migrate(drizzle(handle.pool), { migrationsFolder: before });
  // Rows of the old shape, without all that they refer to.
  await handle.pool.query("set session_replication_role = replica");
  return handle;
}

/** Inserts a row; columns that must have a value and are not given get one of their type. */
async function insert({ pool }: DatabaseHandle, table: string, row: Record<string, unknown>): Promise<void> {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute where attrelid = $1::regclass and attnum > 0
      and not attisdropped and attnotnull and not atthasdef and attidentity = ''`,
    [table],
  );
  const usual: Record<string, unknown> = { jsonb: "{}", boolean: false, "text[]": "{}" };
  const filled = rows.map(({ name, type }) => {
    if (type === "uuid") return [name, randomUUID()] as const;
    const isTime = type.startsWith("timestamp");
    return [name, isTime ? "2026-05-01T00:00:00Z" : (usual[type] ?? (/int|double|real/.test(type) ? 1 : "x"))] as const;
  });
  const values = { ...Object.fromEntries(filled), ...row };
  const names = Object.keys(values).map((name) => `"${name}"`);
  const indices = names.map((_, index) => `$${index + 1}`);
  await pool.query(
    `insert into ${table} (${names.join(", ")}) values (${indices.join(", ")})`,
    Object.values(values).map((value) =>
      typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value,
    ),
  );
}

const columns: [table: string, was: string, is: string][] = [
  ["predictions", "kept", "logged_reason"],
  ["predictions_default", "kept", "logged_reason"],
  ["predictions", "answer_index", "output_index"],
  ["predictions_default", "answer_index", "output_index"],
  ["endpoints", "versions_kept", "previous_versions_loaded"],
  ["alert_verdicts", "given_by", "rated_by"],
  ["external_changes", "told_by", "reported_by"],
  ["channels", "answer_secret", "callback_secret"],
  ["channels", "answer_refused_at", "callback_rejected_at"],
  ["notifications", "once_key", "deduplication_key"],
  ["timeline_events", "once_key", "deduplication_key"],
  ["channel_answers", "wish", "action"],
  ["escalations", "told", "notified_count"],
];

/** A line of the catalogue of the baseline, with the new names. */
function renamed(line: string): string {
  let text = line;
  for (const [table, was, is] of columns) text = text.replace(`column ${table}.${was} `, `column ${table}.${is} `);
  return text
    .replaceAll("once_key", "deduplication_key")
    .replaceAll(/\b(notifications|timeline_events)_once\b/g, "$1_deduplication")
    .replaceAll("channel_answers", "channel_callbacks")
    .replaceAll("idempotent_answers", "idempotency_records");
}

test("changes the names of the baseline and nothing else", async () => {
  const handle = await withBaseline("names");
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  const golden = await readFile(new URL("./golden-catalogue.txt", import.meta.url), "utf8");
  expect(await readCatalogue(handle.pool)).toEqual(golden.trimEnd().split("\n").map(renamed).sort());
});

test("keeps what renamed columns and tables hold", async () => {
  const handle = await withBaseline("columns");
  const requestId = "r";
  await insert(handle, "predictions", { request_id: requestId, kept: "failed", answer_index: 7 });
  await insert(handle, "endpoints", { versions_kept: 3 });
  await insert(handle, "channels", { answer_secret: "s" });
  await insert(handle, "channel_answers", { key: "k", wish: "acknowledge" });
  await insert(handle, "idempotent_answers", { key: "i", answer: "{}" });
  await insert(handle, "notifications", { once_key: "o" });
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  const read = async (query: string) => (await handle.pool.query(query)).rows;
  expect(await read("select logged_reason, output_index from predictions")).toEqual([
    { logged_reason: "failed", output_index: 7 },
  ]);
  expect(await read("select previous_versions_loaded as count from endpoints")).toEqual([{ count: 3 }]);
  expect(await read("select callback_secret from channels")).toEqual([{ callback_secret: "s" }]);
  expect(await read("select key, action from channel_callbacks")).toEqual([{ key: "k", action: "acknowledge" }]);
  expect(await read("select key, answer from idempotency_records")).toEqual([{ key: "i", answer: "{}" }]);
  expect(await read("select deduplication_key from notifications")).toEqual([{ deduplication_key: "o" }]);
});

/** Table, column, what it held, and what it holds afterwards. */
const documents: [table: string, column: string, was: unknown, is: unknown][] = [
  [
    "rollouts",
    "plan",
    { guardrails: [{ metric: "errors", mustProve: true }], steps: [{ weight: 0.1 }], promoteWhen: "proved-safe" },
    { guardrails: [{ metric: "errors", requiresVerdict: true }], steps: [{ weight: 0.1 }], advanceWhen: "proved-safe" },
  ],
  [
    "rollouts",
    "state",
    { phase: "rolled-back", blamed: ["errors"] },
    { phase: "rolled-back", violatedMetrics: ["errors"] },
  ],
  [
    "registry_policies",
    "policy",
    {
      latency: { mostErrorShare: 0.01 },
      replay: { mostDisagreement: 0.1, mostInvalid: 0, mostLatencyFactor: null },
      consistency: { mostFlips: 0.02, mostAbsolute: 1 },
    },
    {
      latency: { maxErrorRate: 0.01 },
      replay: { maxDisagreement: 0.1, maxInvalidShare: 0, maxLatencyRatio: null },
      consistency: { maxClassChangeShare: 0.02, maxAbsoluteDifference: 1 },
    },
  ],
  ["gate_runs", "settings", { mostInvalid: 0.5 }, { maxInvalidShare: 0.5 }],
  [
    "monitors",
    "settings",
    {
      fairness: { mostDifference: 0.1, groupBy: ["mostDifference"] },
      lateEvents: { mostShare: 0.05 },
      consistency: { mostDisagreeing: 0.1 },
      rules: [{ name: "r", mostBad: 0.01 }],
    },
    {
      fairness: { maxDifference: 0.1, groupBy: ["mostDifference"] },
      lateEvents: { maxShare: 0.05 },
      consistency: { maxDisagreement: 0.1 },
      rules: [{ name: "r", maxBadShare: 0.01 }],
    },
  ],
  [
    "slos",
    "definition",
    { indicator: { kind: "cost", mostPer1000: 2 } },
    { indicator: { kind: "cost", maxCostPer1000: 2 } },
  ],
  ["slo_revisions", "definition", { indicator: { atMostMs: 1000 } }, { indicator: { maxAgeMs: 1000 } }],
  ["sli_series", "indicator", { kind: "freshness", atMostMs: 1000 }, { kind: "freshness", maxAgeMs: 1000 }],
  ["alert_rules", "spec", { kind: "rollout", heldMinutes: 60 }, { kind: "rollout", onHoldMinutes: 60 }],
  ["rule_states", "trace", { tiers: [], toldAt: 5 }, { tiers: [], notifiedAt: 5 }],
  [
    "alert_groups",
    "acknowledgement",
    { by: "Ines", alsoLooking: [{ by: "Ben", at: 1 }] },
    { by: "Ines", alsoInvestigating: [{ by: "Ben", at: 1 }] },
  ],
  ["channels", "settings", { kind: "email", mostPerHour: 9 }, { kind: "email", maxPerHour: 9 }],
  [
    "endpoints",
    "capture",
    { keepDays: 7, mostBytes: 10, redact: ["keepDays"] },
    { retentionDays: 7, maxBytes: 10, redact: ["keepDays"] },
  ],
  ["endpoints", "cache", { mostBytes: 10, ttlSeconds: 60 }, { maxBytes: 10, ttlSeconds: 60 }],
  ["load_tests", "settings", { mostInFlight: 64 }, { maxInFlight: 64 }],
];

test("renames keys of stored JSON, and no values", async () => {
  const handle = await withBaseline("documents");
  for (const [table, column, was] of documents) await insert(handle, table, { [column]: was });
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  for (const [table, column, , is] of documents) {
    const { rows } = await handle.pool.query(`select ${column} as document from ${table}`);
    expect(rows).toContainEqual({ document: is });
  }
});

test("renames keys of questions and findings, but not what users named so", async () => {
  const handle = await withBaseline("questions");
  const skew = { keyColumn: "id", columns: { most: "most" } };
  await insert(handle, "monitoring_analyses", { kind: "skew", question: { kind: "skew", skew: { ...skew, most: 9 } } });
  await insert(handle, "monitoring_findings", {
    watcher: "integrity",
    evidence: { told: 100, late: 5, outOfOrder: 1 },
  });
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  const { rows: analyses } = await handle.pool.query("select question from monitoring_analyses");
  expect(analyses).toEqual([{ question: { kind: "skew", skew: { ...skew, maxRequests: 9 } } }]);
  const { rows: findings } = await handle.pool.query("select evidence from monitoring_findings");
  expect(findings).toEqual([{ evidence: { withEventTime: 100, late: 5, outOfOrder: 1 } }]);
});

test("renames the keys of deleted models where they are settings, and keeps the order of their rows", async () => {
  const handle = await withBaseline("trash");
  const rows = [
    { table: "model_versions", rows: [{ tags: { blamed: "me" } }] },
    { table: "rollouts", rows: [{ state: { blamed: [] } }, { state: { blamed: ["slow"] } }] },
  ];
  await insert(handle, "trashed_models", { rows: JSON.stringify(rows) });
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  expect((await handle.pool.query("select rows from trashed_models")).rows[0].rows).toEqual([
    rows[0],
    { table: "rollouts", rows: [{ state: { violatedMetrics: [] } }, { state: { violatedMetrics: ["slow"] } }] },
  ]);
});

test("renames actions of the audit log and of webhooks", async () => {
  const handle = await withBaseline("actions");
  for (const action of ["dataset.version-made", "review.unticked", "version.deployed"])
    await insert(handle, "audit_events", { action });
  await insert(handle, "webhooks", { events: ["version.deployed", "person.called", "model.*"] });
  await migrate(drizzle(handle.pool), { migrationsFolder: after });
  const { rows: events } = await handle.pool.query("select action from audit_events order by id");
  expect(events.map(({ action }) => action)).toEqual([
    "dataset.version-created",
    "review.item-reopened",
    "version.deployed",
  ]);
  const { rows: hooks } = await handle.pool.query("select events from webhooks");
  expect(hooks).toEqual([{ events: ["model.*", "person.paged", "version.deployed"] }]);
});
