import type { Resources } from "../contract.ts";
import type { TrainingEngine } from "../engines/contract.ts";
import { usualOf } from "../jobs/estimate-cost.ts";
import type { SweepHours } from "./contract.ts";

/**
 * Says how long a sweep takes until its last trial has ended, where some run at once. A trial that is ended early takes less.
 * @param wanted.limit hours that a trial takes at most @param wanted.earlier hours of finished jobs of the template, newest first
 */
export function sweepHours({
  trials,
  parallel,
  limit,
  earlier,
}: {
  trials: number;
  parallel: number;
  limit: number;
  earlier: readonly number[];
}): SweepHours {
  const rounds = Math.ceil(trials / Math.max(1, parallel));
  const usual = usualOf(earlier);
  return { max: rounds * limit, usual: usual === undefined ? null : rounds * Math.min(usual, limit) };
}

/** Says how many equal jobs an engine runs at once at most: by its own limit, and on this machine by its cores. Other engines may add machines. */
export function jobsAtOnce(
  { kind, settings, description }: Pick<TrainingEngine, "kind" | "settings" | "description">,
  { cores, nodes }: Pick<Resources, "cores" | "nodes">,
): number {
  const total = kind === "local" ? description?.capacity.cores?.total : undefined;
  if (total === undefined) return settings.maxJobs;
  return Math.max(1, Math.min(settings.maxJobs, Math.floor(total / (cores * nodes))));
}
