import { formatDuration } from "#server/base/format-number.ts";
import { youngInterval } from "#server/stats/training/young-interval.ts";

/** How a job saves, and how often it is interrupted, in seconds. */
export interface SavingHabit {
  /** Mean time that saving takes. */
  saveSeconds: number;
  /** Mean time that an attempt runs until it is preempted or lost. */
  betweenSeconds: number;
  /** Mean time between two checkpoints now. */
  intervalSeconds: number;
}

/** The advised interval may be wrong by a third without costing much, because the optimum is flat. */
const closeEnough = 1.5;
/** Nobody saves more often than that for it. */
const minSeconds = 10;

/**
 * Says how often a job should save, by Young's interval. docs/spec/training.md section 16.
 * @returns null where it saves about as often as that
 */
export function adviseInterval(habit: SavingHabit): { seconds: number; message: string } | null {
  const { saveSeconds, betweenSeconds, intervalSeconds } = habit;
  if (![saveSeconds, betweenSeconds, intervalSeconds].every((value) => Number.isFinite(value) && value > 0))
    return null;
  const seconds = Math.max(minSeconds, youngInterval(saveSeconds, betweenSeconds));
  const ratio = intervalSeconds / seconds;
  if (ratio < closeEnough && ratio > 1 / closeEnough) return null;
  const message = `Save every ${duration(seconds)}: saving takes ${duration(saveSeconds)} and the job is interrupted every ${duration(
    betweenSeconds,
  )}; now it saves every ${duration(intervalSeconds)}.`;
  return { seconds, message };
}

const duration = (seconds: number) => formatDuration(seconds * 1000);
