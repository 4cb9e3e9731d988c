import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, workspaces } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { compareExport, download, exportOnce, type FinishedExport, isExported } from "./exports.ts";
import type { DrillFixture } from "./fixture.ts";
import { acceptedPoints, isPurged, keys } from "./ledger.ts";
import { comparePoints, doubledInTables, findOrphans, lostFiles, type PointCounts } from "./verify.ts";

/** What a drill found at its end. */
export interface Findings {
  points: PointCounts;
  filesLost: number;
  runsPurged: number;
  /** Rows and files that are left of what was purged, or belong to nothing. */
  left: number;
  exportsCompleted: number;
  exportsIncomplete: number;
  /** Points of the import into another workspace that differ from what was accepted. */
  importDifferent: number;
  /** Numbers without a goal. */
  counts: Record<string, number>;
  /** What is wrong. */
  words: string[];
}

interface Options {
  db: Database;
  exported: readonly FinishedExport[];
  artifactFolder: string;
}

/** Compares everything that is stored, exported and imported again with what was accepted. */
export async function findings(fixture: DrillFixture, { db, exported, artifactFolder }: Options): Promise<Findings> {
  const { ledger, observer, target } = fixture;
  const last = await exportOnce(fixture, true);
  const completed = [...exported, last].filter(({ state }) => state === "done");
  const wrongExports: string[][] = [];
  for (const one of completed) wrongExports.push(await compareExport(fixture, one));
  const imported = await compareImport(fixture, db, last);
  const survivors = ledger.runs.filter((run) => !isPurged(run));
  const points = newCounts();
  let filesLost = 0;
  for (const run of survivors) {
    await comparePoints(target, run, points);
    filesLost += await lostFiles(fixture, run);
  }
  points.doubled = Math.max(points.doubled, await doubledInTables(fixture, survivors));
  const left = await findOrphans(observer, fixture, artifactFolder);
  const number = async (query: string) => Number((await observer.query<{ answer: string }>(query)).rows[0]?.answer);
  return {
    points,
    filesLost,
    runsPurged: ledger.runs.length - survivors.length,
    left: left.length,
    exportsCompleted: completed.length,
    exportsIncomplete: wrongExports.filter((words) => words.length > 0).length,
    importDifferent: imported.length,
    counts: {
      runs: ledger.runs.length,
      survivors: survivors.length,
      survivorsEverDeleted: survivors.filter((run) => run.trash.length + run.experiment.trash.length > 0).length,
      experimentsPurged: ledger.experiments.filter(({ purgedAt }) => purgedAt !== undefined).length,
      exportsFailed: exported.length + 1 - completed.length,
      deadlocksInPostgres: await number(
        "select deadlocks as answer from pg_stat_database where datname = current_database()",
      ),
      chunks: await number("select count(*) as answer from metric_chunks"),
      unpackedPoints: await number("select count(*) as answer from metric_points"),
    },
    words: [...left, ...wrongExports.flatMap((words) => words.slice(0, 5)), ...imported.slice(0, 5)],
  };
}

function newCounts(): PointCounts {
  return { accepted: 0, lost: 0, doubled: 0, different: 0, surplus: 0 };
}

/** Imports an export into a second workspace and compares the runs there. @returns what is wrong */
async function compareImport(fixture: DrillFixture, db: Database, { id }: FinishedExport): Promise<string[]> {
  const { target, ledger } = fixture;
  const slug = "second";
  await send(target, "POST", `${target.url}/api/v1/workspaces`, { slug, name: "Second" });
  const second = await tokenOf(db, target, slug);
  const folder = await mkdtemp(join(tmpdir(), "leeway-drill-"));
  try {
    await download(target, id, join(folder, "export.zip"));
    const query = new URLSearchParams({ kind: "leeway", fileName: "drill.zip" });
    const address = `${second.url}/api/v1/imports/files?${query}`;
    const started = await send<{ id: string }>(second, "POST", address, await readFile(join(folder, "export.zip")));
    const wrong: string[] = [];
    const items = await importedRuns(second, started.id, wrong);
    const counts = newCounts();
    for (const run of ledger.runs.filter(isExported)) {
      const local = items.get(run.id);
      if (local) await comparePoints(second, run, counts, local);
      else wrong.push(`run ${run.id} was not imported`);
    }
    console.log(`${items.size} runs with ${counts.accepted} points were imported into the second workspace`);
    for (const [name, count] of Object.entries(counts)) {
      if (name !== "accepted" && count > 0) wrong.push(`${count} points ${name} after the import`);
    }
    return wrong;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tokenOf(db: Database, target: DemoTarget, slug: string): Promise<DemoTarget> {
  const [found] = await db
    .select({ workspaceId: workspaces.id, userId: memberships.userId })
    .from(workspaces)
    .innerJoin(memberships, eq(memberships.workspaceId, workspaces.id))
    .where(eq(workspaces.slug, slug));
  if (!found) throw new Error("The second workspace has no members.");
  const ctx = systemContext(db, found.workspaceId, "drill");
  const { secret } = await createTokenFor(ctx, found.userId, {
    name: "drill",
    scopes: ["read", "tracking", "settings"],
  });
  return { ...target, token: secret };
}

interface Items {
  items: { kind: string; sourceId: string; localId: string | null; problems: string[] }[];
  found: number;
}

const pageSize = 500;
const maxImportMs = 600_000;

/** Waits for the end of an import. @returns ids of runs by their ids in the export */
async function importedRuns(target: DemoTarget, id: string, wrong: string[]): Promise<Map<string, string>> {
  const address = `${target.url}/api/v1/imports/${id}`;
  for (const until = Date.now() + maxImportMs; ; await pause(1_000)) {
    const { state, message } = await send<{ state: string; message: string | null }>(target, "GET", address);
    if (state === "done") break;
    if (["failed", "cancelled"].includes(state) || Date.now() > until) {
      throw new Error(`The import is ${state}: ${message ?? ""}`);
    }
  }
  const runs = new Map<string, string>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await send<Items>(target, "GET", `${address}/items?limit=${pageSize}&offset=${offset}`);
    for (const { kind, sourceId, localId, problems } of page.items) {
      wrong.push(...problems.map((problem) => `import of ${kind} ${sourceId}: ${problem}`));
      if (kind === "run" && localId) runs.set(sourceId, localId);
    }
    if (offset + pageSize >= page.found) return runs;
  }
}

/** Deletes a stored point, or a chunk of them, so that the drill has something to find. */
export async function breakPoints({ ledger, observer }: DrillFixture): Promise<void> {
  const run = ledger.runs.findLast((one) => isExported(one) && acceptedPoints(one, keys[0]).size > 0);
  if (!run) throw new Error("There is no run to break.");
  const ofRun = "(select id from metric_series where run_id = $1 order by key limit 1)";
  const { rowCount } = await observer.query(
    `delete from metric_points where ctid = (select ctid from metric_points where series_id = ${ofRun} order by step desc limit 1)`,
    [run.id],
  );
  if (!rowCount) {
    await observer.query(
      `delete from metric_chunks where ctid = (select ctid from metric_chunks where series_id = ${ofRun} order by first_step desc limit 1)`,
      [run.id],
    );
  }
  console.log(`Points of run ${run.id} were deleted by hand.`);
}
