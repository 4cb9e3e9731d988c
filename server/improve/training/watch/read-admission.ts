import { and, eq, inArray } from "drizzle-orm";
import { datasetVersions, trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import type { AdmissionLimits, admit, EngineState, Reason, RunningJob, WaitingJob } from "../admission/admit.ts";
import { usedShares } from "../admission/fair-share.ts";
import type { WaitingReason } from "../contract.ts";
import { hourlyRate } from "../jobs/estimate-cost.ts";
import { loadQuotas } from "../quotas/queries.ts";
import { readBudgetsLeft } from "./read-budgets-left.ts";
import { readMachineTime } from "./read-machine-time.ts";
import { type OpenJob, readOpenJobs } from "./read-open-jobs.ts";

interface Facts extends Omit<Parameters<typeof admit>[1], "now"> {
  waiting: WaitingJob[];
  /** What each of them waits for, as it was stored last; null before its first look. */
  reasons: Map<string, WaitingReason | null>;
}

/** The watcher reads these again every minute, after a look: admission, which holds its lock, does it where nobody else did. */
const keptMaxAgeMs = 5 * minuteMs;

/**
 * Reads what admission decides by, in the transaction of the caller.
 * @param now milliseconds since 1970 @param prices that the caller has read
 */
export async function readAdmission(ctx: Context, now: number, prices?: readonly BookRow[]): Promise<Facts> {
  const open = await readOpenJobs(ctx);
  const isWaiting = ({ job }: OpenJob) => job.state === "waiting" || (job.state === "resuming" && !job.stopRequest);
  const waiting = open.filter((one) => isWaiting(one) && !one.job.stopRequest);
  if (waiting.length === 0) {
    return { waiting: [], reasons: new Map(), running: [], engines: new Map(), limits: noLimits, shares: new Map() };
  }
  const book = prices ?? (await readBook(ctx));
  const rateOf = ({ spec }: OpenJob) => hourlyRate(spec.resources, { book, machine: "", now })?.amount ?? null;
  const problems = await readProblems(ctx, waiting);
  const running = open.filter((one) => !isWaiting(one));
  const quotas = await loadQuotas(ctx);
  const timeZone = await workspaceTimeZone(ctx);
  const toSeconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone });
  const { maxJobs = null, gpus = null, cores = null } = quotas.find(({ teamId }) => teamId === null) ?? {};
  const ofWorkspace = { maxJobs, gpus, cores };
  return {
    waiting: waiting.map((one) => ({
      ...machinesOf(one),
      id: one.job.id,
      name: one.job.name,
      engineId: one.job.engineId,
      team: one.job.teamId ?? "",
      priority: one.job.priority,
      submittedAt: one.job.submittedAt.getTime(),
      notBefore: one.job.notBefore?.getTime() ?? 0,
      goesOnAt: one.job.notBefore ? toSeconds.format(one.job.notBefore) : "",
      problems: problems.get(one.job.id) ?? [],
      isOfPolicy: false,
      estimate: one.job.estimate,
    })),
    reasons: new Map(waiting.map(({ job }) => [job.id, job.waiting])),
    running: running.map((one): RunningJob => {
      const rate = rateOf(one);
      const hoursLeft = Math.max(0, one.spec.limits.hours - one.usedHours);
      return {
        ...machinesOf(one),
        id: one.job.id,
        engineId: one.job.engineId ?? "",
        team: one.job.teamId ?? "",
        priority: one.job.priority,
        maxLeft: rate === null ? null : rate * hoursLeft,
      };
    }),
    engines: await readEngines(ctx, timeZone),
    limits: {
      ...noLimits,
      ...ofWorkspace,
      teams: new Map(
        quotas.flatMap((quota) => (quota.teamId ? [[quota.teamId, { ...quota, name: quota.team ?? "" }]] : [])),
      ),
      budgets: await readBudgetsLeft(ctx, now, keptMaxAgeMs),
    },
    shares: usedShares(
      await readMachineTime(ctx, now, keptMaxAgeMs),
      new Map(quotas.flatMap(({ teamId, weight }) => (teamId ? [[teamId, weight]] : []))),
    ),
  };
}

const noLimits: AdmissionLimits = {
  maxJobs: null,
  gpus: null,
  cores: null,
  teams: new Map(),
  budgets: [],
  requiresPrice: false,
  quietUntil: null,
};

const machinesOf = ({ spec: { resources } }: OpenJob) => ({
  gpus: resources.gpus * resources.nodes,
  cores: resources.cores * resources.nodes,
});

/** Datasets that a job names and that are no longer there. */
async function readProblems(ctx: Context, jobs: readonly OpenJob[]): Promise<Map<string, Reason[]>> {
  const wanted = [...new Set(jobs.flatMap(({ spec }) => Object.values(spec.datasets)))];
  if (wanted.length === 0) return new Map();
  const known = await ctx.db
    .select({ id: datasetVersions.id })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, wanted)));
  const ids = new Set(known.map(({ id }) => id));
  return new Map(
    jobs.map(({ job, spec }) => {
      const gone = Object.entries(spec.datasets).filter(([, id]) => !ids.has(id));
      return [job.id, gone.map(([name]) => ({ code: "dataset", words: `The dataset "${name}" no longer exists.` }))];
    }),
  );
}

async function readEngines(ctx: Context, timeZone: string): Promise<Map<string, EngineState>> {
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const rows = await ctx.db
    .select()
    .from(trainingEngines)
    .where(eq(trainingEngines.workspaceId, ctx.actor.workspaceId));
  return new Map(
    rows.map((row) => {
      const { capacity } = row.description ?? {};
      // Other engines place work on machines themselves, and let it wait.
      const total =
        row.kind === "local" && capacity
          ? { gpus: capacity.gpus?.total ?? 0, cores: capacity.cores?.total ?? 1 }
          : null;
      return [
        row.id,
        {
          id: row.id,
          name: row.name,
          kind: row.kind,
          isEnabled: row.isEnabled,
          silentSince: row.silentSince ? clock.format(row.silentSince) : null,
          maxJobs: row.settings.maxJobs,
          total,
        },
      ];
    }),
  );
}
