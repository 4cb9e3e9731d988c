import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type pg from "pg";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { prefixOf } from "./crash-points.ts";
import type { DrillFixture } from "./fixture.ts";
import { acceptedPoints, isPurged, keys, type LoggedRun, type Point } from "./ledger.ts";
import { artifactsOf } from "./logging-client.ts";

interface History {
  metrics?: { step: string | number; timestamp: string | number; value: number }[];
  next_page_token?: string;
}

/** Differences between accepted and stored points of runs that were never purged. */
export interface PointCounts {
  accepted: number;
  lost: number;
  doubled: number;
  /** Points whose value or time is not what was sent. */
  different: number;
  /** Points that are stored and were never accepted. */
  surplus: number;
}

/** Compares a run with what was accepted, by MLflow's interface. @param id of the run there */
export async function comparePoints(
  target: DemoTarget,
  run: LoggedRun,
  counts: PointCounts,
  id = run.id,
): Promise<void> {
  for (const key of keys) {
    const accepted = acceptedPoints(run, key);
    const stored = await readHistory(target, id, key);
    const steps = new Set<number>();
    counts.accepted += accepted.size;
    for (const point of stored) {
      const sent = accepted.get(point.step);
      if (!sent) counts.surplus += 1;
      else if (sent.value !== point.value || sent.timestamp !== point.timestamp) counts.different += 1;
      else if (steps.has(point.step)) counts.doubled += 1;
      steps.add(point.step);
    }
    for (const step of accepted.keys()) if (!steps.has(step)) counts.lost += 1;
  }
}

async function readHistory(target: DemoTarget, id: string, key: string): Promise<Point[]> {
  const points: Point[] = [];
  for (let token = ""; ; ) {
    const query = new URLSearchParams({ run_id: id, metric_key: key, ...(token && { page_token: token }) });
    const page = await send<History>(target, "GET", `${target.url}/api/2.0/mlflow/metrics/get-history?${query}`);
    for (const { step, timestamp, value } of page.metrics ?? []) {
      points.push({ key, step: Number(step), timestamp: Number(timestamp), value });
    }
    if (!page.next_page_token) return points;
    token = page.next_page_token;
  }
}

/** Returns how many points the tables hold above what was accepted: a reader might hide one that is stored twice. */
export async function doubledInTables(fixture: DrillFixture, runs: readonly LoggedRun[]): Promise<number> {
  const { rows } = await fixture.observer.query<{ run_id: string; key: string; points: string }>(`
    select run_id, key, (select count(*) from metric_points where series_id = series.id)
      + coalesce((select sum(points)::bigint from metric_chunks where series_id = series.id), 0) as points
    from metric_series series`);
  const stored = new Map(rows.map(({ run_id, key, points }) => [`${run_id} ${key}`, Number(points)]));
  let doubled = 0;
  for (const run of runs) {
    for (const key of keys) {
      doubled += Math.max(0, (stored.get(`${run.id} ${key}`) ?? 0) - acceptedPoints(run, key).size);
    }
  }
  return doubled;
}

/** Returns the number of accepted files that are not there as they were sent. */
export async function lostFiles({ target }: DrillFixture, run: LoggedRun): Promise<number> {
  let lost = 0;
  for (const [path, { sha256 }] of run.files) {
    const headers = { authorization: `Bearer ${target.token}` };
    const response = await fetch(`${target.url}${artifactsOf(run)}/${path}`, { headers });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok || createHash("sha256").update(body).digest("hex") !== sha256) lost += 1;
  }
  return lost;
}

/** Rows without the row that they belong to, each query with its name. */
const orphans: Record<string, string> = {
  "points without a series": `select 1 from metric_points where series_id not in (select id from metric_series)`,
  "chunks without a series": `select 1 from metric_chunks where series_id not in (select id from metric_series)`,
  "series without a run": "select 1 from metric_series where run_id not in (select id from runs)",
  "params without a run": "select 1 from run_params where run_id not in (select id from runs)",
  "tags without a run": "select 1 from run_tags where run_id not in (select id from runs)",
  "runs without an experiment": `select 1 from runs
    where (workspace_id, experiment_id) not in (select workspace_id, id from experiments)`,
  "files without a run": `select 1 from artifact_files
    where key ~ '/artifacts/' and split_part(key, '/', 3) not in (select id from runs)`,
  "open uploads": "select 1 from artifact_uploads",
  "folders to be removed": "select 1 from artifact_releases where held_by is null",
  "unfinished indexes": "select 1 from pg_index where not indisvalid",
  "unfinished purges": "select 1 from purges where finished_at is null",
};

/** Returns what has no owner, in words. */
export async function findOrphans(
  observer: pg.Client,
  fixture: DrillFixture,
  artifactFolder: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, query] of Object.entries(orphans)) {
    const { rowCount } = await observer.query(query);
    if (rowCount) found.push(`${rowCount} ${name}`);
  }
  const { rows } = await observer.query<{ id: string }>("select id from runs");
  const known = new Set(rows.map(({ id }) => id));
  for (const path of await filesIn(artifactFolder)) {
    const [, , owner = "", artifacts] = path.split("/");
    if (artifacts === "artifacts" && !known.has(owner)) found.push(`the file ${path} on the disk`);
  }
  for (const run of fixture.ledger.runs.filter(isPurged)) {
    if (known.has(run.id)) found.push(`the purged run ${prefixOf(fixture, run)}`);
  }
  return found;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
