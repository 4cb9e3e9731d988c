import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import { describeProblem } from "#server/improve/training/health/describe-problem.ts";
import { findJobProblems, type JobProblem } from "#server/improve/training/health/find-job-problems.ts";
import { readBudgetsLeft } from "#server/improve/training/watch/read-budgets-left.ts";
import type { Observation } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

/** Problems of jobs change in minutes: they are not read every ten seconds. */
const freshMs = minuteMs;
const known = new Map<string, { at: number; problems: JobProblem[] }>();
/** Alerts of a rule at most. */
const maxObservations = 500;

/**
 * Observes training jobs of the workspace: what the list of jobs says needs attention, and the month's budget. Trials of a sweep that failed are
 * one problem, and so are jobs that wait for one engine. What is over is left out, which ends its alert. docs/spec/training.md section 17.
 */
export async function observeTraining(ctx: Context, spec: SpecOf<"training">, now: number): Promise<Observation[]> {
  const wanted = (await readProblems(ctx, now)).filter(({ kind }) => spec.on.includes(kind));
  const groups = Map.groupBy(wanted, partOf);
  const observed = [...groups].slice(0, maxObservations).map(([part, jobs]) => observationOf(part, jobs, now));
  return spec.on.includes("budget") ? [...observed, ...(await observeBudgets(ctx, spec, now))] : observed;
}

async function readProblems(ctx: Context, now: number): Promise<JobProblem[]> {
  const { workspaceId } = ctx.actor;
  const last = known.get(workspaceId);
  if (last && Math.abs(now - last.at) < freshMs) return last.problems;
  const problems = await findJobProblems(ctx, now);
  known.set(workspaceId, { at: now, problems });
  return problems;
}

function partOf({ kind, jobId, sweepId, engineId }: JobProblem): string {
  if (kind === "stalled") return `stalled ${engineId ?? "removed engine"}`;
  return `${kind} ${kind === "failed" && sweepId !== null ? sweepId : jobId}`;
}

function observationOf(part: string, jobs: readonly JobProblem[], now: number): Observation {
  const oldest = jobs.reduce((first, each) => (each.since < first.since ? each : first));
  const { kind, name, jobId, sweepId, sweep, team, since } = oldest;
  const common = {
    part,
    isTrue: true,
    limit: null,
    endpointId: null,
    since,
    labels: { ...(team !== null && { team }), problem: kind },
  };
  if (kind === "stalled") {
    const engine = oldest.engine ?? "removed engine";
    const waiting = `${formatCount(jobs.length)} ${jobs.length === 1 ? "job waits" : "jobs wait"}`;
    return {
      ...common,
      title: engine,
      value: jobs.length,
      words: `${waiting}, the longest is ${name}. ${describeProblem(oldest, now)}`,
      effect: `${waiting} for it`,
      // Jobs of several teams may wait for it.
      labels: { service: engine, training_engine: engine, problem: kind },
      href: "/jobs?state=attention",
    };
  }
  if (kind === "failed" && sweepId !== null) {
    const title = sweep ?? name;
    const failed = `${formatCount(jobs.length)} ${jobs.length === 1 ? "trial" : "trials"} failed`;
    return {
      ...common,
      title,
      value: jobs.length,
      words: `${failed} in the sweep ${title}, first ${name}: ${oldest.message || describeProblem(oldest, now)}`,
      effect: failed,
      labels: { ...common.labels, service: title, training_sweep: sweepId },
      href: "/jobs?state=attention",
    };
  }
  const why = kind === "failed" && oldest.message ? ` ${oldest.message}` : "";
  return {
    ...common,
    title: name,
    value: (now - since) / minuteMs,
    words: `${name}: ${describeProblem(oldest, now)}${why}`,
    effect: effects[kind](oldest),
    labels: { ...common.labels, service: name, training_job: jobId },
    href: `/jobs/${jobId}`,
  };
}

const effects: Record<Exclude<JobProblem["kind"], "stalled">, (problem: JobProblem) => string> = {
  failed: ({ state }) => (state === "lost" ? "training job lost" : "training job failed"),
  torn: () => "checkpoints are damaged",
  unsaved: () => "no new checkpoint",
};

/** The same figures as the page of costs and the strip above the jobs. */
async function observeBudgets(ctx: Context, { budgetShare }: SpecOf<"training">, now: number): Promise<Observation[]> {
  const budgets = await readBudgetsLeft(ctx, now);
  return budgets.map(({ amount, spent, month, format }) => {
    const share = amount > 0 ? spent / amount : 1;
    const used = `${percent(Number(share.toPrecision(3)))} of the budget for ${month} is spent`;
    return {
      part: `budget ${month}`,
      title: "Training budget",
      isTrue: share >= budgetShare,
      value: share,
      limit: budgetShare,
      words: `${used}: ${format(spent)} of ${format(amount)} (threshold ${percent(budgetShare)}). Jobs that would exceed it wait.`,
      effect: used,
      labels: { service: "training", month, problem: "budget" },
      endpointId: null,
      href: "/jobs",
    };
  });
}
