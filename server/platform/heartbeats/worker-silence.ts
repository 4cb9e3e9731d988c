import { minuteMs } from "#server/base/durations.ts";
import type { WatcherName } from "#server/platform/jobs/watcher-names.ts";
import type { RoleProcess, Roles } from "./list-roles.ts";

/** A process without a heartbeat for so long is lost or hangs: a supervisor replaces one in less. */
export const silentMs = 30_000;
/** After a stop on request, or at the first start, a worker may be missing for so long. */
const absentMs = 5 * minuteMs;
/** The loops without which nobody is paged. */
const pagingLoops: readonly string[] = [
  "alert-rules",
  "alerts",
  "escalations",
  "notifications",
] satisfies WatcherName[];

/** Why no worker evaluates rules and sends notifications. */
interface WorkerSilence {
  /** Milliseconds since 1970. */
  since: number;
  words: string;
}

/** Whether a process has sent a heartbeat recently, and was not requested to stop. */
export function isActive({ seenAt, stoppedAt }: RoleProcess, now: number): boolean {
  return stoppedAt === null && now - seenAt <= silentMs;
}

/** Returns the number of workers that send heartbeats and whose paging loops do not stand still. */
export function workingCount({ processes, now }: Roles): number {
  return processes.filter((process) => process.role === "worker" && isActive(process, now) && pages(process)).length;
}

function pages({ standingStill }: RoleProcess): boolean {
  return !standingStill.some((name) => pagingLoops.includes(name));
}

/**
 * Decides whether no worker works any more.
 * @param watchingSince since when the caller can see heartbeats without interruption: the time before proves nothing
 * @returns undefined while a worker works, or may only be restarting
 */
export function workerSilence(roles: Roles, watchingSince: number): WorkerSilence | undefined {
  const { now, processes, roundAt } = roles;
  if (workingCount(roles) > 0) return undefined;
  const workers = processes.filter(({ role }) => role === "worker").sort((a, b) => b.seenAt - a.seenAt);
  const stuck = workers.find((worker) => isActive(worker, now));
  if (stuck) {
    const names = stuck.standingStill.filter((name) => pagingLoops.includes(name)).join(", ");
    return { since: now, words: `A worker is running, but its loops have stopped: ${names}.` };
  }
  const lost = workers.find(({ stoppedAt }) => stoppedAt === null);
  const last = workers[0];
  if (!last) {
    // A worker of a version without heartbeats.
    const hasOlder = roundAt !== null && now - roundAt < minuteMs;
    if (hasOlder || now - watchingSince <= absentMs) return undefined;
    return { since: watchingSince, words: "No worker has started." };
  }
  // One that was lost counts, unless another one was stopped after it.
  const wasLost = lost !== undefined && lost.seenAt >= (last.stoppedAt ?? 0);
  const since = last.stoppedAt ?? last.seenAt;
  if (now - Math.max(since, watchingSince) <= (wasLost ? silentMs : absentMs)) return undefined;
  const at = `${new Date(since).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return { since, words: wasLost ? `No worker has responded since ${at}.` : `No worker has run since ${at}.` };
}
