import type { AskedStop, End } from "../attempts/cause-of-end.ts";
import type { EndReport, JobState, Seen } from "../contract.ts";

/** What is known of an open job at a moment. Times are milliseconds since 1970. */
export interface JobView {
  state: JobState;
  stopRequest: AskedStop | null;
  /** Whether the engine took its present launch. */
  hasHandle: boolean;
  launchedAt: number | null;
  /** What the engine said last; null before it said anything. */
  seen: Seen | null;
  /** The attempt of the present launch; null until its wrapper has started. */
  attempt: { startedAt: number; heartbeatAt: number; report: EndReport | null } | null;
  /** Since when wrappers could reach Leeway without a gap: what did not come before says nothing. */
  hearingSince: number;
}

export type Action =
  /** The engine gets it, again if it may have it already. */
  | { kind: "submit" }
  /** The engine is asked to end it. */
  | { kind: "stop" }
  | { kind: "conclude"; end: End; isFenced: boolean }
  /** Nothing to do; `silent` since its heartbeats are missing. */
  | { kind: "wait"; isSilent: boolean };

const [second, minute] = [1_000, 60_000];
/** Missing heartbeats after which a page says so. */
const silentMs = 35 * second;
/** Missing heartbeats after which an attempt that the engine does not run is lost; one that it says it runs. */
const [goneMs, unreachableMs] = [90 * second, 5 * minute];
/** Time in which an engine may not know a launch yet, as it was just submitted. */
const unknownMs = minute;
/** Time from the engine's start to the wrapper's: images are pulled before, not within. */
const startMs = 10 * minute;

/**
 * Decides what a round of the watcher does with an open job. What the wrapper says counts; the engine is asked where it says nothing.
 * docs/spec/training.md sections 1 and 2.
 */
export function nextAction(job: JobView, now: number): Action {
  const { attempt, seen, stopRequest } = job;
  const base = { stopRequest, seen };
  if (attempt?.report) return conclude({ ...attempt.report, ...base });
  if (job.state === "waiting" || (job.state === "resuming" && !job.hasHandle)) {
    return stopRequest ? conclude({ ...stopped, ...base }) : wait;
  }
  // Whatever the engine says, which may keep it for long: its wrapper may not start any more. If it has it, it is asked to end it.
  if (stopRequest && !attempt) return conclude({ ...stopped, ...base }, true);
  if (!job.hasHandle) return { kind: "submit" };
  // Those of its machines that are there would wait for the others, and send heartbeats, to its last hour.
  if (seen?.state === "starting" && seen.cause === "never-started" && !stopRequest) {
    return conclude({ ...nothing, ...base }, true);
  }
  if (!attempt) return beforeStart(job, now);
  const silence = now - Math.max(attempt.heartbeatAt, job.hearingSince);
  if (isOver(seen) && silence >= goneMs) return conclude({ ...unreported(seen), ...base }, true);
  if (silence >= unreachableMs) return conclude({ ...nothing, ...base, seen: null }, true);
  if (stopRequest) return { kind: "stop" };
  return { kind: "wait", isSilent: silence >= silentMs };
}

const wait: Action = { kind: "wait", isSilent: false };
const nothing = { code: null, signal: null, wasTerminated: false, ranOutOfMemory: false };
/** It never ran, or has not begun: what was asked is what happened. */
const stopped = { ...nothing, signal: "SIGTERM" };

const conclude = (end: End, isFenced = false): Action => ({ kind: "conclude", end, isFenced });

const isOver = (seen: Seen | null) => seen?.state === "ended" || seen?.state === "gone";

/** The end as the engine saw it, of a launch whose wrapper has not started. A success that no wrapper reported is none. */
function unseen(seen: Seen | null) {
  const code = seen?.code === 0 ? null : (seen?.code ?? null);
  return { ...nothing, code, signal: seen?.signal ?? null };
}

/** The codes of programs that were asked to end. */
const asked = new Set([130, 143]);

/**
 * The end of a wrapper that reported nothing: something took it away, and its code says no more than whether it was asked to end. One whose
 * program fails says so itself.
 */
function unreported(seen: Seen | null) {
  const end = unseen(seen);
  return end.code !== null && asked.has(end.code)
    ? end
    : { ...nothing, signal: end.signal === "SIGTERM" ? end.signal : null };
}

function beforeStart({ seen, stopRequest, launchedAt, hearingSince }: JobView, now: number): Action {
  const waited = now - (launchedAt ?? now);
  const neverStarted = { ...nothing, stopRequest, seen: { cause: "never-started" as const } };
  if (seen?.state === "ended") {
    const isKnown = seen.cause !== undefined || (seen.code ?? 0) !== 0 || seen.signal;
    return conclude(isKnown ? { ...unseen(seen), stopRequest, seen } : neverStarted, true);
  }
  // Slurm, for one, forgets a job that it answered for when its controller dies in the next seconds.
  if (seen?.state === "gone" && waited >= unknownMs) return conclude({ ...nothing, stopRequest, seen: null }, true);
  // It may have waited at the engine for hours before.
  const startedAt = seen?.state === "running" ? Date.parse(seen.at) : Number.POSITIVE_INFINITY;
  if (now - Math.max(startedAt, hearingSince) >= startMs) return conclude(neverStarted, true);
  return wait;
}
