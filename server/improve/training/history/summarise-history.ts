import { hourMs } from "#server/base/durations.ts";
import { lostWork } from "#server/stats/training/lost-work.ts";
import { spotSaving } from "#server/stats/training/spot-saving.ts";
import { adviseInterval } from "../checkpoints/advise-interval.ts";
import type { Machine } from "../contract.ts";
import type { JobHistory } from "./contract.ts";

interface AttemptTimes {
  number: number;
  startedAt: Date | null;
  endedAt: Date | null;
  heartbeatAt: Date | null;
  resumedFrom: string | null;
  lastStep: number | null;
  machine: Machine | null;
  cause: string | null;
}

interface SavedCheckpoint {
  id: string;
  /** Number of the attempt that made it. */
  attempt: number;
  step: number | null;
  createdAt: Date;
  savedSeconds: number | null;
}

/** Price of an hour of the machines of an attempt, as it was at its start; null where it is unknown. */
type RateOf = (attempt: AttemptTimes, isSpot: boolean) => { amount: number; currency: string } | null;

/**
 * Sums what the ends of attempts cost: work done twice, time spent waiting, and what spot machines saved nevertheless.
 * docs/spec/training.md section 16.
 */
export function summariseHistory(
  {
    submittedAt,
    attempts,
    checkpoints,
    waitsAt = null,
  }: {
    submittedAt: Date;
    attempts: AttemptTimes[];
    checkpoints: SavedCheckpoint[];
    /** The present, where the job waits for its first attempt or its next one. */
    waitsAt?: Date | null;
  },
  rateOf: RateOf,
): Omit<JobHistory, "attempts" | "datasets" | "record"> {
  const started = attempts.flatMap((attempt) =>
    attempt.startedAt ? [{ ...attempt, startedAt: attempt.startedAt }] : [],
  );
  const stretches = started.map(({ startedAt, endedAt, resumedFrom, lastStep }) => ({
    startedAt: seconds(startedAt),
    endedAt: endedAt && seconds(endedAt),
    resumedFrom,
    lastStep,
  }));
  const saved = checkpoints.flatMap(({ id, attempt, step, createdAt }) => {
    const stretch = started.findIndex(({ number }) => number === attempt);
    return stretch === -1 ? [] : [{ id, stretch, savedAt: seconds(createdAt), step }];
  });
  const losses = lostWork(stretches, saved).map((loss, at) => ({ attempt: started[at]?.number ?? 0, ...loss }));
  const steps = losses.flatMap(({ steps }) => steps ?? []);
  const first = stretches[0]?.startedAt ?? (waitsAt && seconds(waitsAt));
  const last = stretches.at(-1)?.endedAt;
  const waited =
    losses.reduce((sum, { waitedSeconds }) => sum + waitedSeconds, 0) +
    (waitsAt && last ? Math.max(0, seconds(waitsAt) - last) : 0);
  const intervalSeconds = meanInterval(checkpoints);
  return {
    losses,
    lostSeconds: losses.reduce((sum, loss) => sum + loss.seconds, 0),
    lostSteps: losses.length > 0 && steps.length === 0 ? null : steps.reduce((sum, each) => sum + each, 0),
    queuedSeconds: waited + (first === null ? 0 : Math.max(0, first - seconds(submittedAt))),
    spotSaved: savedBySpot(started, losses, rateOf),
    intervalSeconds,
    advice: advise(started, checkpoints, intervalSeconds),
  };
}

const seconds = (at: Date) => at.getTime() / 1000;

const ranMs = ({ startedAt, endedAt, heartbeatAt }: AttemptTimes) =>
  startedAt ? Math.max(0, (endedAt ?? heartbeatAt ?? startedAt).getTime() - startedAt.getTime()) : 0;

function savedBySpot(
  attempts: readonly AttemptTimes[],
  losses: JobHistory["losses"],
  rateOf: RateOf,
): JobHistory["spotSaved"] {
  const onSpot = attempts.filter(({ machine }) => machine?.isSpot);
  const currencies = new Set<string>();
  const priced = onSpot.flatMap((attempt) => {
    const [spot, onDemand] = [rateOf(attempt, true), rateOf(attempt, false)];
    if (!spot || !onDemand) return [];
    currencies.add(spot.currency).add(onDemand.currency);
    const lost = losses.find((loss) => loss.attempt === attempt.number)?.seconds ?? 0;
    return [
      {
        hours: ranMs(attempt) / hourMs,
        spotPrice: spot.amount,
        onDemandPrice: onDemand.amount,
        lostHours: (lost * 1000) / hourMs,
      },
    ];
  });
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1 || priced.length < onSpot.length) return null;
  return { amount: spotSaving(priced), currency };
}

/** Mean seconds from a checkpoint to the next one of the same attempt. */
function meanInterval(checkpoints: readonly SavedCheckpoint[]): number | null {
  const gaps = [...Map.groupBy(checkpoints, ({ attempt }) => attempt).values()].flatMap((ofAttempt) => {
    const times = ofAttempt.map(({ createdAt }) => seconds(createdAt)).toSorted((a, b) => a - b);
    return times.slice(1).map((time, at) => time - (times[at] ?? time));
  });
  return mean(gaps);
}

function advise(
  attempts: readonly AttemptTimes[],
  checkpoints: readonly SavedCheckpoint[],
  intervalSeconds: number | null,
): JobHistory["advice"] {
  const interruptions = attempts.filter(({ cause }) => cause === "preempted" || cause === "lost").length;
  const saveSeconds = mean(checkpoints.flatMap(({ savedSeconds }) => savedSeconds ?? []));
  if (interruptions === 0 || intervalSeconds === null || saveSeconds === null) return null;
  const ran = attempts.reduce((sum, attempt) => sum + ranMs(attempt), 0) / 1000;
  return adviseInterval({ saveSeconds, betweenSeconds: ran / interruptions, intervalSeconds });
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
