import { type JobWithMetadata, PgBoss } from "pg-boss";
import { Histogram } from "prom-client";
import type { Database } from "#db/client.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { JobItems } from "../../platform/jobs/job-items.ts";
import { foreignFileKinds, type JobData, type JobKind, queueOptions } from "../../platform/jobs/kinds.ts";
import { noteExecution } from "../../platform/jobs/note-execution.ts";
import { enqueue } from "../../platform/jobs/queue.ts";
import { schedule } from "../../platform/jobs/schedule.ts";
import { failureMessage } from "./failure-message.ts";
import type { Handlers, JobDependencies } from "./handlers.ts";
import { steadyClock } from "./steady-clock.ts";

const jobSeconds = new Histogram({
  name: "leeway_job_duration_seconds",
  help: "Duration of job attempts.",
  labelNames: ["kind", "outcome"],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
});

export interface JobRunner {
  /** Checks that the queue responds, and that jobs are fetched. @throws Error otherwise */
  check(): Promise<void>;
  /** Lets running jobs finish, for at most the given number of seconds; interrupted jobs are retried later. */
  stop(seconds: number): Promise<void>;
}

interface RunnerOptions {
  databaseUrl: string;
  db: Database;
  handlers: Handlers;
  deps: Omit<JobDependencies, "attempt">;
}

/** Without a fetch by any kind for so long, the queue stands still. */
const maxFetchSeconds = 180;
const scheduledKinds = new Set(schedule.map(({ kind }) => kind));

type Data = JobData[JobKind] & { workspaceId?: string };

/** Runs the jobs of every kind, and adds those of the schedule when they are due. */
export async function startJobRunner({ databaseUrl, db, handlers, deps }: RunnerOptions): Promise<JobRunner> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: 4,
    useListenNotify: true,
    clock: steadyClock,
    // Interval at which the clock is compared with that of the database.
    clockMonitorIntervalSeconds: 60,
  });
  // The queue also reports plain objects that have no text of their own.
  boss.on("error", ({ message }) => log.warn("queue.failed", { reason: message }));
  await boss.start();
  for (const kind of Object.keys(queueOptions) as JobKind[]) {
    const handle = handlers[kind] as (ctx: Context, data: unknown, deps: JobDependencies) => Promise<void>;
    const concurrency = foreignFileKinds.has(kind)
      ? { localConcurrency: 4, localGroupConcurrency: 2 }
      : { localConcurrency: 2 };
    const options = { ...concurrency, includeMetadata: true } as const;
    const workId = await boss.work(kind, options, async ([job]: JobWithMetadata<Data>[]) => {
      if (!job) return;
      // The queue notifies once per transaction of added jobs; the rest would wait for the next poll, half a minute later.
      boss.notifyWorker(workId);
      const { workspaceId = "", ...stored } = job.data;
      const data = job.sourceName === null ? stored : { ...stored, reason: failureMessage(job.sourceOutput) };
      const ctx = systemContext(db, workspaceId, kind);
      const items = new JobItems(db, kind);
      const work = () => handle(ctx, data, { ...deps, attempt: items.attempt });
      await attempt(kind, job, {
        work: async () => {
          await (scheduledKinds.has(kind) ? noted(db, kind, work) : work());
          // Not noted as a failure of the job: the page of recurring work lists the items.
          items.requireSuccess();
        },
        giveUp: (reason) => enqueueDeadLetter(ctx, kind, { ...data, reason }),
      });
    });
  }
  const startedAt = steadyClock.now();
  for (const { kind, cron } of schedule) await boss.schedule(kind, cron, {}, { tz: "UTC" });
  return {
    check: async () => {
      if (!(await boss.isInstalled())) throw new DomainError("unavailable", "the queue is not installed");
      // Every kind fetches about twice a minute. While jobs of one kind run, the others still do.
      const fetchedAt = Math.max(startedAt, ...boss.getWipData().map(({ lastFetchedOn }) => lastFetchedOn ?? 0));
      const seconds = Math.round((steadyClock.now() - fetchedAt) / 1000);
      if (seconds > maxFetchSeconds) throw new DomainError("unavailable", `no jobs fetched for ${seconds} s`);
    },
    stop: (seconds) => boss.stop({ graceful: seconds > 0, timeout: seconds * 1000 }),
  };
}

async function attempt(
  kind: JobKind,
  job: JobWithMetadata<Data>,
  { work, giveUp }: { work: () => Promise<void>; giveUp: (reason: string) => Promise<void> },
): Promise<void> {
  const started = performance.now();
  const finish = (outcome: "done" | "refused" | "failed", fields: { cause?: unknown } = {}) => {
    const durationMs = Math.round(performance.now() - started);
    jobSeconds.observe({ kind, outcome }, durationMs / 1000);
    // Several finish each minute even when Leeway is idle, in the terminal that shows its initial password.
    const write = outcome === "failed" ? log.error : outcome === "refused" ? log.info : log.debug;
    write(`job.${outcome}`, { kind, jobId: job.id, attempt: job.retryCount + 1, durationMs, ...fields });
  };
  try {
    await work();
    finish("done");
  } catch (cause) {
    // A rejection by the domain is final, unless it says that something was only unavailable.
    if (cause instanceof DomainError && cause.code !== "unavailable") {
      await giveUp(cause.message);
      return finish("refused", { cause });
    }
    finish("failed", { cause });
    throw cause;
  }
}

/** Ends the row of a job that was rejected permanently, as after its last attempt: otherwise the row would wait for a job that is over. */
async function enqueueDeadLetter(ctx: Context, kind: JobKind, data: object): Promise<void> {
  const { deadLetter } = queueOptions[kind];
  if (deadLetter) await enqueue(ctx, deadLetter, data as JobData[typeof deadLetter]);
}

/** Runs a scheduled job and records its execution for the page of recurring work. */
async function noted(db: Database, kind: JobKind, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const note = (problem?: unknown) =>
    noteExecution(db, { name: kind, durationMs: performance.now() - startedAt, problem }).catch((cause: unknown) =>
      log.debug("job.execution_not_recorded", { kind, cause }),
    );
  try {
    await work();
  } catch (cause) {
    await note(cause);
    throw cause;
  }
  await note();
}
