import type { Parameters } from "#server/improve/training/contract.ts";

/** Parameters that say how many steps a program takes, as the common trainers name them. */
const totals = ["max_steps", "total_steps", "max-steps", "total-steps", "steps"];

export interface JobProgress {
  step: number;
  /** Null where no parameter of the job says how many steps it takes. */
  total: number | null;
  /** Null until its present attempt has logged steps. */
  stepsPerSecond: number | null;
  leftMs: number | null;
}

/** Says how many steps a job takes, where a parameter of it does; null otherwise. */
export function totalSteps(parameters: Parameters): number | null {
  const found = totals.map((name) => Number(parameters[name])).find((value) => Number.isInteger(value) && value > 0);
  return found ?? null;
}

/** Computes how far a job is, and when it ends at the speed of its present attempt. Times are milliseconds since 1970. */
export function jobProgress({
  parameters,
  lastStep,
  fromStep,
  startedAt,
  heartbeatAt,
}: {
  parameters: Parameters;
  lastStep: number | null;
  /** Step that the present attempt began with. */
  fromStep: number | null;
  startedAt: number | null;
  heartbeatAt: number | null;
}): JobProgress | null {
  if (lastStep === null) return null;
  const total = totalSteps(parameters);
  const seconds = startedAt === null || heartbeatAt === null ? 0 : (heartbeatAt - startedAt) / 1000;
  const steps = lastStep - (fromStep ?? 0);
  const stepsPerSecond = seconds > 0 && steps > 0 ? steps / seconds : null;
  const left = total === null ? null : Math.max(0, total - lastStep);
  return {
    step: lastStep,
    total: total === null ? null : Math.max(total, lastStep),
    stepsPerSecond,
    leftMs: left === null || stepsPerSecond === null ? null : (left / stepsPerSecond) * 1000,
  };
}
