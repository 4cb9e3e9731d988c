import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import type { Client } from "./client.ts";

/** A tracking server under test, which speaks MLflow's interface. */
export interface TrackingServer {
  name: string;
  client: Client;
  /** Draws a metric of a run, thinned for a screen. */
  curvePath(runId: string, key: string): string;
  /** Returns the memory of the server processes, in megabytes. */
  memoryMb(): Promise<number>;
  /** Returns the size of the tables of metric points with their indexes, at rest, per point. */
  bytesPerPoint(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a Postgres with default settings, as a user has it, in a new folder; each server under test gets one. */
export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-bench-"));
  // As root, Postgres runs as another user, who needs access.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataFolder: join(folder, "postgres"),
    logFile: join(folder, "postgres.log"),
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads one number from a database. */
export async function request(url: string, question: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: string }>(question);
    return Number(rows[0]?.answer);
  } finally {
    await client.end();
  }
}

/** Returns the resident memory of some processes and all their descendants, in megabytes. */
export async function residentMb(roots: readonly number[]): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const all = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const counted = new Set(roots);
  for (let before = 0; before < counted.size; ) {
    before = counted.size;
    for (const [pid = 0, parent = 0] of all) if (counted.has(parent)) counted.add(pid);
  }
  const kilobytes = all.reduce((sum, [pid = 0, , rss = 0]) => sum + (counted.has(pid) ? rss : 0), 0);
  return kilobytes / 1000;
}
