import { formatCount, formatDuration } from "#server/base/format-number.ts";

type Priority = "urgent" | "normal" | "low";

interface Machines {
  /** Of all its nodes. */
  gpus: number;
  cores: number;
}

export interface WaitingJob extends Machines {
  id: string;
  name: string;
  engineId: string | null;
  /** "" without a team. */
  team: string;
  priority: Priority;
  /** Milliseconds since 1970, as all times here. */
  submittedAt: number;
  /** No launch before this, after an attempt that ended. */
  notBefore: number;
  /** The same as people read it ("14:02:10"); it never changes while the job waits, so that a look does not bring about the next. */
  goesOnAt: string;
  /** Why it cannot run whatever is free, such as a dataset that fails its contract; the first is shown. */
  problems: readonly Reason[];
  /** Started by a policy, not by a person: freezes and quiet hours hold it. */
  isOfPolicy: boolean;
  /** Money that it is expected to take at most; null without a price. */
  estimate: number | null;
}

export interface RunningJob extends Machines {
  id: string;
  engineId: string;
  team: string;
  priority: Priority;
  /** Money that it may still take: hours left at its rate; null without a price. */
  maxLeft: number | null;
}

export interface EngineState {
  id: string;
  name: string;
  kind: "local" | "ray" | "kubernetes" | "slurm";
  isEnabled: boolean;
  /** Since when it has not answered, as people read it ("14:02"); null while it answers. */
  silentSince: string | null;
  maxJobs: number;
  /** What it has at all, where Leeway looks after its machines: null leaves that to the engine. */
  total: Machines | null;
}

export interface AdmissionLimits {
  /** Of the whole workspace, at once. */
  maxJobs: number | null;
  gpus: number | null;
  cores: number | null;
  teams: ReadonlyMap<string, { name: string; maxJobs: number | null; gpus: number | null; cores: number | null }>;
  /** A budget of the month; several may hold for one job. */
  budgets: readonly Budget[];
  /** Whether a job without a known price waits. */
  requiresPrice: boolean;
  /** End of the quiet hours that hold jobs of policies, as people read it; null outside of them. */
  quietUntil: string | null;
}

interface Budget {
  /** Null: of the workspace. */
  team: string | null;
  amount: number;
  spent: number;
  /** "May". */
  month: string;
  format(amount: number): string;
}

export interface Reason {
  code: string;
  words: string;
}

export type Admission = { id: string; go: true } | { id: string; go: false; reason: Reason };

/** Time after which a job at the head of its engine's queue is no longer overtaken by smaller ones. */
const overtakenMs = 6 * 3_600_000;
const order: Record<Priority, number> = { urgent: 0, normal: 1, low: 2 };

/**
 * Decides which waiting jobs start now, and says for each other one in words why it does not. Jobs start by priority, then by what their team
 * has used of its share, then by age. One that does not fit its engine is passed over, until it has waited 6 hours at the head of it.
 * docs/spec/training.md section 10.
 * @param shares used by each team, see usedShares
 * @returns decisions in the order of the queue, and running jobs of low priority that end for an urgent one on `local`
 */
export function admit(
  waiting: readonly WaitingJob[],
  {
    running,
    engines,
    limits,
    shares,
    now,
  }: {
    running: readonly RunningJob[];
    engines: ReadonlyMap<string, EngineState>;
    limits: AdmissionLimits;
    shares: ReadonlyMap<string, number>;
    now: number;
  },
): { admissions: Admission[]; preempted: string[] } {
  const queue = waiting.toSorted(
    (a, b) =>
      order[a.priority] - order[b.priority] ||
      (shares.get(a.team) ?? 0) - (shares.get(b.team) ?? 0) ||
      a.submittedAt - b.submittedAt ||
      (a.id < b.id ? -1 : 1),
  );
  const state = {
    taken: running,
    blockers: new Map<string, WaitingJob>(),
    preempted: [] as string[],
    held: new Map<string, number>(),
  };
  const admissions = queue.map((job): Admission => {
    const { taken, ended } = makeRoom(job, engines.get(job.engineId ?? ""), state.taken);
    const reason =
      reasonOfItself(job, { engines, now }) ??
      reasonOfPolicy(job, limits) ??
      reasonOfPlace(job, {
        engines,
        taken,
        blockers: state.blockers,
        before: state.held.get(job.engineId ?? "") ?? 0,
        now,
      }) ??
      reasonOfCounts(job, limits, taken) ??
      reasonOfMoney(job, limits, taken) ??
      reasonOfQuota(job, limits, taken);
    if (reason) {
      state.held.set(job.engineId ?? "", (state.held.get(job.engineId ?? "") ?? 0) + 1);
      return { id: job.id, go: false, reason };
    }
    // Nothing else holds it: only now something ends for it.
    state.taken = [...taken, { ...job, engineId: job.engineId ?? "", maxLeft: job.estimate }];
    state.preempted.push(...ended);
    return { id: job.id, go: true };
  });
  return { admissions, preempted: state.preempted };
}

function reasonOfItself(
  job: WaitingJob,
  { engines, now }: { engines: ReadonlyMap<string, EngineState>; now: number },
): Reason | undefined {
  const engine = job.engineId === null ? undefined : engines.get(job.engineId);
  if (!engine) return { code: "no-engine", words: "Its engine was removed. Use Edit and re-run to choose another." };
  if (!engine.isEnabled) return { code: "engine-off", words: `${engine.name} is disabled.` };
  if (engine.silentSince !== null) {
    return { code: "engine-silent", words: `${engine.name} has not responded since ${engine.silentSince}.` };
  }
  if (job.problems[0]) return job.problems[0];
  const { total } = engine;
  if (total && job.gpus > total.gpus) return tooLarge(engine, "GPUs", job.gpus, total.gpus);
  if (total && job.cores > total.cores) return tooLarge(engine, "cores", job.cores, total.cores);
  if (job.notBefore > now) {
    return { code: "back-off", words: `Starts again at ${job.goesOnAt}.` };
  }
  return undefined;
}

const tooLarge = (engine: EngineState, what: string, wanted: number, total: number): Reason => ({
  code: "too-large",
  words: `It needs ${wanted} ${what}; ${engine.name} has ${total}.`,
});

function reasonOfPolicy(job: WaitingJob, { quietUntil }: AdmissionLimits): Reason | undefined {
  if (!job.isOfPolicy || quietUntil === null) return undefined;
  return { code: "quiet-hours", words: `Quiet hours until ${quietUntil}; a person can start it.` };
}

function reasonOfPlace(
  job: WaitingJob,
  {
    engines,
    taken,
    blockers,
    before,
    now,
  }: {
    engines: ReadonlyMap<string, EngineState>;
    /** What runs once it has made room. */
    taken: readonly RunningJob[];
    /** Job by engine that is no longer overtaken. */
    blockers: Map<string, WaitingJob>;
    before: number;
    now: number;
  },
): Reason | undefined {
  const engine = engines.get(job.engineId ?? "");
  if (!engine) return undefined;
  const blocker = blockers.get(engine.id);
  if (blocker) {
    const since = formatDuration(now - blocker.submittedAt);
    return { code: "behind", words: `Queued after ${blocker.name}, which has waited ${since} for ${engine.name}.` };
  }
  const full = fullOf(job, engine, { taken, before });
  if (full && now - job.submittedAt >= overtakenMs) blockers.set(engine.id, job);
  return full;
}

function reasonOfCounts(job: WaitingJob, limits: AdmissionLimits, taken: readonly RunningJob[]): Reason | undefined {
  const ofWorkspace = limits.maxJobs;
  if (ofWorkspace !== null && taken.length >= ofWorkspace) {
    return { code: "workspace-full", words: `${taken.length} of ${ofWorkspace} jobs run in this workspace.` };
  }
  const team = limits.teams.get(job.team);
  const ofTeam = taken.filter((one) => one.team === job.team);
  if (team && team.maxJobs !== null && ofTeam.length >= team.maxJobs) {
    return { code: "team-full", words: `${ofTeam.length} of ${team.maxJobs} jobs of ${team.name} run.` };
  }
  return undefined;
}

function fullOf(
  job: WaitingJob,
  engine: EngineState,
  { taken, before }: { taken: readonly RunningJob[]; before: number },
): Reason | undefined {
  const here = taken.filter((one) => one.engineId === engine.id);
  if (here.length >= engine.maxJobs) {
    const running = `${here.length} of ${engine.maxJobs} running on ${engine.name}`;
    return { code: "engine-full", words: `${running}${waitingBefore(before)}.` };
  }
  if (!engine.total) return undefined;
  const free = { gpus: engine.total.gpus - sum(here, "gpus"), cores: engine.total.cores - sum(here, "cores") };
  if (job.gpus > free.gpus) return tooFew(engine, "GPUs", job.gpus, free.gpus);
  if (job.cores > free.cores) return tooFew(engine, "cores", job.cores, free.cores);
  return undefined;
}

/** Up to this number, a job says how many wait before it. */
const maxCounted = 10;
const steps = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** Roughly far from the front: otherwise the words of every job behind one that starts would change. */
function waitingBefore(before: number): string {
  if (before === 0) return "";
  if (before === 1) return "; 1 waits before this one";
  const step = steps.findLast((each) => each < before);
  return `; ${before <= maxCounted || step === undefined ? before : `more than ${formatCount(step)}`} wait before this one`;
}

const tooFew = (engine: EngineState, what: string, wanted: number, free: number): Reason => ({
  code: `no-${what.toLowerCase()}`,
  words: `It needs ${wanted} ${what}; ${Math.max(0, free)} are free on ${engine.name}.`,
});

/**
 * Finds the jobs of low priority that would end for an urgent one, on `local` only: elsewhere preemption is the engine's.
 * @returns what would run beside it, and what would end; nothing ends where that is not needed, or not enough
 */
function makeRoom(
  job: WaitingJob,
  engine: EngineState | undefined,
  running: readonly RunningJob[],
): { taken: readonly RunningJob[]; ended: string[] } {
  const none = { taken: running, ended: [] };
  if (job.priority !== "urgent" || engine?.kind !== "local") return none;
  if (!fullOf(job, engine, { taken: running, before: 0 })) return none;
  const low = running.filter((one) => one.engineId === engine.id && one.priority === "low");
  let taken = running;
  const ended: string[] = [];
  for (const one of low.toReversed()) {
    taken = taken.filter(({ id }) => id !== one.id);
    ended.push(one.id);
    if (!fullOf(job, engine, { taken, before: 0 })) return { taken, ended };
  }
  return none;
}

function reasonOfMoney(job: WaitingJob, limits: AdmissionLimits, taken: readonly RunningJob[]): Reason | undefined {
  if (job.estimate === null) {
    if (!limits.requiresPrice) return undefined;
    return { code: "no-price", words: "Its cost is unknown, and this workspace requires a price." };
  }
  for (const budget of limits.budgets) {
    if (budget.team !== null && budget.team !== job.team) continue;
    const others = taken.filter(({ team }) => budget.team === null || team === budget.team);
    const left = budget.amount - budget.spent - others.reduce((total, { maxLeft }) => total + (maxLeft ?? 0), 0);
    if (job.estimate <= left) continue;
    const words = `Would cost up to ${budget.format(job.estimate)}; ${budget.format(Math.max(0, left))} are left of ${budget.month}'s ${budget.format(budget.amount)}.`;
    return { code: "budget", words };
  }
  return undefined;
}

function reasonOfQuota(job: WaitingJob, limits: AdmissionLimits, taken: readonly RunningJob[]): Reason | undefined {
  const team = limits.teams.get(job.team);
  const ofTeam = taken.filter((one) => one.team === job.team);
  return (
    (team && overQuota(job, { quota: team, code: "team", who: team.name, taken: ofTeam })) ??
    overQuota(job, { quota: limits, code: "workspace", who: "This workspace", taken })
  );
}

function overQuota(
  job: WaitingJob,
  {
    quota,
    code,
    who,
    taken,
  }: {
    quota: { gpus: number | null; cores: number | null };
    code: string;
    who: string;
    taken: readonly RunningJob[];
  },
): Reason | undefined {
  for (const what of ["gpus", "cores"] as const) {
    const max = quota[what];
    const used = sum(taken, what);
    if (max === null || job[what] === 0 || used + job[what] <= max) continue;
    const name = what === "gpus" ? "GPUs" : "cores";
    return {
      code: `${code}-${what}`,
      words: `${who} uses ${used} of its ${max} ${name}; this job needs ${job[what]}.`,
    };
  }
  return undefined;
}

const sum = (jobs: readonly Machines[], what: keyof Machines) => jobs.reduce((total, job) => total + job[what], 0);
