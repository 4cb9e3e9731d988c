import { setTimeout as pause } from "node:timers/promises";
import { waitFor } from "../../suite/stack.ts";
import { addExperiment, draw, isDeleted, isMortal, purge, remove } from "./changes.ts";
import type { DrillFixture } from "./fixture.ts";
import { Hold } from "./hold.ts";
import type { LoggedExperiment, LoggedRun } from "./ledger.ts";

/** A moment of the worker's work in which it is killed. */
export interface CrashPoint {
  name: string;
  /** Kills the worker there. @returns whether it was caught there */
  kill(fixture: DrillFixture): Promise<boolean>;
}

/**
 * The moments of purging, collecting, packing, shrinking and exporting. A row lock holds the worker where it wants the row; a lock that comes
 * later in the same transaction is taken while the first one holds it.
 */
export const crashPoints: readonly CrashPoint[] = [
  { name: "purge: deleting points", kill: (fixture) => inPurge(fixture, "series") },
  { name: "purge: deleting the run", kill: (fixture) => inPurge(fixture, "tags") },
  { name: "purge: releasing files", kill: (fixture) => inPurge(fixture, "release") },
  {
    name: "purge: recording, before the commit",
    kill: (fixture) => inPurge(fixture, "series", "lock table audit_events in share mode"),
  },
  {
    name: "purge: enqueuing what follows, before the commit",
    kill: (fixture) => inPurge(fixture, "series", "lock table pgboss.job in share mode"),
  },
  { name: "purge: between two steps of an experiment", kill: betweenSteps },
  { name: "purge: deleting the experiment", kill: inExperiment },
  { name: "collect: deciding", kill: (fixture) => inCollection(fixture, "decide") },
  { name: "collect: removing files", kill: (fixture) => inCollection(fixture, "remove") },
  { name: "collect: between the files and their rows", kill: betweenFilesAndRows },
  { name: "pack: replacing chunks", kill: (fixture) => inPacking(fixture, "chunk") },
  { name: "pack: removing points", kill: (fixture) => inPacking(fixture, "point") },
  { name: "pack: noting the last point", kill: (fixture) => inPacking(fixture, "series") },
  { name: "shrink: moving rows", kill: inShrinking },
  { name: "export: writing", kill: inExport },
];

/** Kills the worker, its connection too by half of the times, and lets go of what held it. */
async function strike(fixture: DrillFixture, caught: number, holds: readonly Hold[]): Promise<true> {
  await fixture.killWorker();
  if (fixture.random() < 0.5) await fixture.observer.query("select pg_terminate_backend($1)", [caught]);
  for (const hold of holds) await hold.release();
  return true;
}

type First = "series" | "tags" | "release";

/** Catches the purge of a run. @param next lock that it is caught at after the first one */
async function inPurge(fixture: DrillFixture, first: First, next?: string): Promise<boolean> {
  const run = await victim(fixture);
  if (!run) return false;
  return withHolds(fixture, async (open) => {
    const hold = await open();
    const held = {
      series: () => hold.lock("select from metric_series where run_id = $1 for update", [run.id]),
      tags: () => hold.lock("select from run_tags where run_id = $1 for update", [run.id]),
      release: () =>
        hold.lock(
          `insert into artifact_releases (workspace_id, prefix, cause, released_by, remove_after)
           values ($1, $2, 'released', 'drill', now())`,
          [fixture.workspaceId, prefixOf(fixture, run)],
        ),
    };
    if ((await held[first]()) === 0) return false;
    await purge(fixture, run);
    const caught = await hold.catches();
    if (caught === undefined || next === undefined) return caught !== undefined && strike(fixture, caught, [hold]);
    const second = await open();
    await second.lock(next);
    await hold.release();
    const again = await second.catches(caught);
    return again !== undefined && strike(fixture, again, [second]);
  });
}

async function betweenSteps(fixture: DrillFixture): Promise<boolean> {
  const experiment = await victimExperiment(fixture);
  const run = experiment && fixture.ledger.runs.find((one) => one.experiment === experiment && !one.purgedAt);
  if (!run) return false;
  return withHolds(fixture, async (open) => {
    const [hold, second] = [await open(), await open()];
    if ((await hold.lock("select from run_tags where run_id = $1 for update", [run.id])) === 0) return false;
    await purge(fixture, experiment);
    const caught = await hold.catches();
    if (caught === undefined) return false;
    // Gets the row of the purge when the first step commits, before the second step does.
    const locked = second.lock(
      "select from purges where kind = 'experiment' and subject_id = $1 and finished_at is null for update",
      [experiment.id],
    );
    await pause(50);
    await hold.release();
    if ((await locked) === 0) return false;
    const again = await second.catches();
    return again !== undefined && strike(fixture, again, [second]);
  });
}

async function inExperiment(fixture: DrillFixture): Promise<boolean> {
  const experiment = await victimExperiment(fixture);
  if (!experiment) return false;
  return withHolds(fixture, async (open) => {
    const hold = await open();
    await hold.lock("select from experiment_tags where workspace_id = $1 and experiment_id = $2 for update", [
      fixture.workspaceId,
      experiment.id,
    ]);
    await purge(fixture, experiment);
    const caught = await hold.catches();
    return caught !== undefined && strike(fixture, caught, [hold]);
  });
}

/** Catches the collector before it decides, and kills it there or, a random moment later, while it removes. */
async function inCollection(fixture: DrillFixture, moment: "decide" | "remove"): Promise<boolean> {
  const run = await victim(fixture);
  if (!run) return false;
  return withHolds(fixture, async (open) => {
    const [hold, lock] = [await open(), await open()];
    if ((await hold.lock("select from metric_series where run_id = $1 for update", [run.id])) === 0) return false;
    await purge(fixture, run);
    if ((await hold.catches()) === undefined) return false;
    // As uploads do, which continue beside it.
    await lock.lock("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", [
      `artifacts of ${fixture.workspaceId}`,
    ]);
    await hold.release();
    await fixture.enqueue("collect-artifacts");
    // Requests to purge wait for it too.
    const caught = await lock.catches(undefined, 20_000);
    if (caught === undefined) return false;
    if (moment === "decide") return strike(fixture, caught, [lock]);
    await lock.release();
    await pause(fixture.random() * 40);
    return strike(fixture, caught, []);
  });
}

async function betweenFilesAndRows(fixture: DrillFixture): Promise<boolean> {
  const run = await victim(fixture, ({ files }) => files.size > 0);
  if (!run) return false;
  return withHolds(fixture, async (open) => {
    const hold = await open();
    const prefix = `${prefixOf(fixture, run)}/`;
    if ((await hold.lock("select from artifact_files where starts_with(key, $1) for update", [prefix])) === 0)
      return false;
    await purge(fixture, run);
    const caught = await hold.catches();
    return caught !== undefined && strike(fixture, caught, [hold]);
  });
}

/** A run that is due for packing because of a long tail, with rows of a series to lock. */
const unpacked = {
  chunk: `select series.id from metric_chunks join metric_series series on series.id = series_id join runs on runs.id = run_id
    where not is_settled and needs_packing and deleted_at is null group by series.id having count(*) > 3 limit 1`,
  point: `select series.id from metric_points join metric_series series on series.id = series_id join runs on runs.id = run_id
    where needs_packing and deleted_at is null group by series.id having count(*) > 255 limit 1`,
};

async function inPacking(fixture: DrillFixture, moment: "chunk" | "point" | "series"): Promise<boolean> {
  const kind = moment === "chunk" ? "chunk" : "point";
  let series: number | undefined;
  await waitFor(async () => {
    const { rows } = await fixture.observer.query<{ id: number }>(unpacked[kind]);
    series = rows[0]?.id;
    return series !== undefined;
  }, 60_000).catch(() => {});
  if (series === undefined) return false;
  return withHolds(fixture, async (open) => {
    const hold = await open();
    const rows =
      kind === "chunk"
        ? "select from metric_chunks where series_id = $1 and not is_settled for update"
        : "select from metric_points where series_id = $1 order by step limit 1 for update";
    if ((await hold.lock(rows, [series])) === 0) return false;
    await fixture.enqueue("pack-metrics");
    const caught = await hold.catches();
    if (caught === undefined || moment !== "series") return caught !== undefined && strike(fixture, caught, [hold]);
    const second = await open();
    // The packer has locked the run, so nobody else wants the row.
    await second.lock("select from metric_series where id = $1 for update", [series]);
    await hold.release();
    const again = await second.catches(caught);
    return again !== undefined && strike(fixture, again, [second]);
  });
}

const pagesAtEnd = 16;

async function inShrinking(fixture: DrillFixture): Promise<boolean> {
  return withHolds(fixture, async (open) => {
    const hold = await open();
    const pages = "pg_relation_size('metric_chunks') / current_setting('block_size')::integer";
    const end = `format('(%s,0)', greatest(0, ${pages} - ${pagesAtEnd}))::tid`;
    if ((await hold.lock(`select from metric_chunks where ctid >= ${end} for update`)) === 0) return false;
    await fixture.enqueue("shrink-metrics");
    const caught = await hold.catches();
    return caught !== undefined && strike(fixture, caught, [hold]);
  });
}

async function inExport(fixture: DrillFixture): Promise<boolean> {
  await fixture.untilWorker();
  const isWriting = async () => {
    // The lease of a worker that lives is renewed every 5 s for a minute.
    const { rowCount } = await fixture.observer.query(
      "select from exports where state = 'running' and leased_until > now() + interval '54 seconds'",
    );
    return (rowCount ?? 0) > 0;
  };
  const found = await waitFor(isWriting, 120_000).then(
    () => true,
    () => false,
  );
  if (!found) return false;
  await pause(fixture.random() * 200);
  if (!(await isWriting())) return false;
  await fixture.killWorker();
  return true;
}

/** Returns a run in the trash that may be purged; deletes one if there is none. */
async function victim(
  fixture: DrillFixture,
  isFit: (run: LoggedRun) => boolean = ({ batches }) => batches.length > 0,
): Promise<LoggedRun | undefined> {
  const { runs } = fixture.ledger;
  const run =
    draw(fixture, runs, (run) => isMortal(run) && isFit(run) && isDeleted(run)) ??
    draw(fixture, runs, (run) => isMortal(run) && isFit(run));
  if (!run) return undefined;
  run.isReserved = true;
  if (!isDeleted(run)) await remove(fixture, run);
  return run;
}

/** Returns an experiment in the trash that may be purged and has runs; deletes one if there is none, or creates one for later. */
async function victimExperiment(fixture: DrillFixture): Promise<LoggedExperiment | undefined> {
  const { experiments, runs } = fixture.ledger;
  const isFit = (one: LoggedExperiment) =>
    isMortal(one) && runs.some((run) => run.experiment === one && !run.purgedAt && run.batches.length > 0);
  const experiment =
    draw(fixture, experiments, (one) => isFit(one) && isDeleted(one)) ?? draw(fixture, experiments, isFit);
  if (!experiment) {
    const isNext = (one: LoggedExperiment) => isMortal(one) && !isDeleted(one) && !one.isReserved;
    // It will have runs at the next attempt.
    for (let count = 0; count < 3 && !experiments.some(isNext); count += 1) await addExperiment(fixture);
    return undefined;
  }
  experiment.isReserved = true;
  if (!isDeleted(experiment)) await remove(fixture, experiment);
  return experiment;
}

/** Key of the folder of a run's files in the store. */
export function prefixOf({ workspaceId }: Pick<DrillFixture, "workspaceId">, { id, experiment }: LoggedRun): string {
  return `${workspaceId}/${experiment.id}/${id}/artifacts`;
}

async function withHolds(
  fixture: DrillFixture,
  work: (open: () => Promise<Hold>) => Promise<boolean>,
): Promise<boolean> {
  const holds: Hold[] = [];
  try {
    return await work(async () => {
      const hold = await Hold.open(fixture.databaseUrl, fixture.observer);
      holds.push(hold);
      return hold;
    });
  } finally {
    for (const hold of holds) await hold.release();
  }
}
