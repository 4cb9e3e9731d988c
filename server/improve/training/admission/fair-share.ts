/** Machine time that a team used in a stretch of time. */
export interface Usage {
  team: string;
  /** Seconds since 1970. */
  from: number;
  to: number;
  gpus: number;
  cores: number;
}

const daySeconds = 86_400;
const horizonSeconds = 7 * daySeconds;
/** A GPU counts as so many cores. */
const coresPerGpu = 32;

/**
 * Computes the machine time that counts for each team: GPU-seconds of the last 7 days with a half-life of 24 hours. Jobs without GPUs count
 * their cores, 32 as one GPU. docs/spec/training.md section 10.
 * @param now seconds since 1970
 */
export function usedMachineTime(usages: readonly Usage[], now: number): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { team, from, to, gpus, cores } of usages) {
    const [start, end] = [Math.max(from, now - horizonSeconds), Math.min(to, now)];
    if (end <= start) continue;
    const machines = gpus > 0 ? gpus : cores / coresPerGpu;
    const used = machines * (decayed(end - now) - decayed(start - now));
    totals.set(team, (totals.get(team) ?? 0) + used);
  }
  return totals;
}

/** Divides what each team has used by its weight. @param weights by team; 1 where there is none */
export function usedShares(
  used: ReadonlyMap<string, number>,
  weights: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map(Array.from(used, ([team, amount]) => [team, amount / (weights.get(team) ?? 1)]));
}

/** Antiderivative of 2^(t / day), by which a second counts that lies -t before now. */
const decayed = (seconds: number) => (daySeconds / Math.LN2) * 2 ** (seconds / daySeconds);
