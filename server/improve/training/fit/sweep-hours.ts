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
