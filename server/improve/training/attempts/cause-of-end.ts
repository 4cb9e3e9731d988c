import type { EndCause, Seen, StopRequest } from "../contract.ts";

export type AskedStop = Pick<StopRequest, "cause" | "mayRetry"> & { reason?: string };

/** What is known of how a program ended. */
export interface End {
  /** Exit code; null when a signal ended it, or nobody saw it end. */
  code: number | null;
  /** Name of the signal that ended it. */
  signal: string | null;
  /** Whether the wrapper forwarded a SIGTERM before. */
  wasTerminated: boolean;
  /** Whether the kernel killed a process for want of memory where it ran: its own, or another's that shares the cgroup. */
  ranOutOfMemory: boolean;
  /** What was asked of Leeway before. */
  stopRequest: AskedStop | null;
  /** What the engine says, for what the wrapper has not reported or cannot know. */
  seen?: Omit<Partial<Seen>, "state" | "at"> | null;
}

/** What follows from a cause. */
export type Next = "none" | "resume" | "retry" | "never";

/** Signals by which engines and people ask a program to end. */
const asked = new Set(["SIGTERM", "SIGINT"]);
/** sysexits.h: wrong usage, wrong data, wrong configuration. Trying again gives the same. */
const hopeless = new Set([64, 65, 78]);
/** EX_TEMPFAIL: the program asks to be started again. */
const tryAgain = 75;
/** A shell says so of a program that cannot be executed, or is not there. */
const notStarted = new Set([126, 127]);

/**
 * Says why an attempt ended, and whether another one may follow. An exit code of 0 after a SIGTERM is no success: Lightning, for one, ends so
 * when its machine is taken away. docs/spec/training.md section 4.
 */
export function causeOfEnd(end: End): { cause: EndCause; next: Next; message: string } {
  const { code, signal, stopRequest, wasTerminated } = end;
  const wasAsked = wasTerminated || isAsked(code, signal);
  if (end.seen?.cause === "never-started" && code !== 0) {
    return neverStarted(end.seen.reason || "The engine could not start it.");
  }
  if (stopRequest && wasAsked) return stopped(stopRequest);
  const other = end.seen?.rank ? endOfOther(end.seen, end.seen.rank) : undefined;
  // Rank 0 fails without the others, or is asked to end because of one. What it finished it has finished.
  if (other && (wasAsked || (code !== 0 && other.cause !== "failed"))) return other;
  if (end.seen?.cause === "out-of-memory" && !other) return outOfMemory;
  if (wasTerminated && code === 0) {
    return {
      cause: "preempted",
      next: "resume",
      message: "Stopped by the engine before it finished (its exit code is 0).",
    };
  }
  if (wasAsked) {
    return { cause: "preempted", next: "resume", message: "Stopped by the engine." };
  }
  if (code === 0) return { cause: "finished", next: "none", message: "" };
  if (signal === "SIGKILL" || code === 137) {
    if (end.ranOutOfMemory) return outOfMemory;
    // A wrapper or program that takes longer than its grace is killed, by the engine too.
    if (stopRequest) return stopped(stopRequest);
    return { cause: "lost", next: "resume", message: "Killed externally for an unknown reason." };
  }
  if (code === null && signal === null) {
    if (stopRequest) return stopped(stopRequest);
    return { cause: "lost", next: "resume", message: "It disappeared without a report." };
  }
  if (code === tryAgain) return { cause: "failed", next: "resume", message: "The program requested a restart (75)." };
  if (code !== null && hopeless.has(code)) {
    const message = `The program reported invalid usage, data or configuration (${code}).`;
    return { cause: "failed", next: "never", message };
  }
  if (code !== null && notStarted.has(code)) {
    return neverStarted(code === 127 ? "The command was not found." : "The command cannot be executed.");
  }
  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  // A process that it started may have been killed, or one of another job.
  const hint = end.ranOutOfMemory ? " Its machine ran out of memory." : "";
  return { cause: "failed", next: "retry", message: `The program ended ${how}.${hint}` };
}

/** The end of another machine of the job, as the engine saw it. */
function endOfOther({ code = null, signal = null, cause }: NonNullable<End["seen"]>, rank: number) {
  const seen = cause === undefined ? null : { cause };
  const ended = causeOfEnd({ code, signal, wasTerminated: false, ranOutOfMemory: false, stopRequest: null, seen });
  return { ...ended, message: `Rank ${rank}: ${ended.message}` };
}

const outOfMemory = {
  cause: "out-of-memory",
  next: "never",
  message: "It ran out of memory. It needs more memory, or a smaller batch.",
} as const;

const neverStarted = (message: string) => ({ cause: "never-started", next: "never", message }) as const;

/** 143 and 130 are what a shell says of SIGTERM and SIGINT. */
function isAsked(code: number | null, signal: string | null): boolean {
  return code === 143 || code === 130 || (signal !== null && asked.has(signal));
}

function stopped({ cause, reason = "", mayRetry = false }: AskedStop): ReturnType<typeof causeOfEnd> {
  // Another machine of it failed, as a program alone would.
  if (cause === "failed" && mayRetry) return { cause, next: "retry", message: reason };
  // A finding of its run: the same numbers would come again.
  if (cause === "failed") return { cause, next: "never", message: `Stopped by Leeway: ${reason}` };
  return { cause, next: cause === "preempted" ? "resume" : "none", message: "" };
}
