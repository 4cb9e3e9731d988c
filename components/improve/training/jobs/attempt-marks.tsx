import type { EndCause } from "#server/improve/training/contract.ts";
import type { JobListRow } from "#server/improve/training/overview/contract.ts";
import { describeAttempts } from "./job-text.ts";
import classes from "./jobs.module.css";

/** Ends that another attempt would not mend. */
const failures: ReadonlySet<EndCause> = new Set(["failed", "out-of-memory", "never-started"]);

/** Shows the attempts of a job as bars whose widths are their durations, with their number and how they ended. @param now milliseconds */
export function AttemptMarks({ attempts, now }: { attempts: JobListRow["attempts"]; now: number }) {
  const words = describeAttempts(attempts);
  if (attempts.length === 0) return words;
  return (
    <span className={classes.attempts}>
      <span className={classes.marks} aria-hidden="true">
        {attempts.slice(-8).map(({ number, cause, startedAt, endedAt }) => (
          <span
            key={number}
            data-state={cause === null ? "running" : failures.has(cause) ? "failed" : "ran"}
            style={{ flexGrow: startedAt ? Math.max(1, (endedAt?.getTime() ?? now) - startedAt.getTime()) : 1 }}
          />
        ))}
      </span>
      {words}
    </span>
  );
}
