import { minuteMs } from "#server/base/durations.ts";
import type { RecurringWork } from "./contract.ts";

/** A long round or a busy worker is not late yet. */
const graceMs = 10 * minuteMs;

interface LastExecution {
  /** Milliseconds since 1970; undefined before the first. */
  startedAt?: number | undefined;
  problem: string | null;
  setAside: number;
  /** Time between two executions. */
  everyMs: number;
}

/** The state of recurring work. @param now on the clock of the database */
export function stateOf({ startedAt, problem, setAside, everyMs }: LastExecution, now: number): RecurringWork["state"] {
  if (startedAt === undefined) return "not-run";
  if (now - startedAt > 2 * everyMs + graceMs) return "late";
  if (problem !== null) return "failed";
  return setAside > 0 ? "set-aside" : "ok";
}
