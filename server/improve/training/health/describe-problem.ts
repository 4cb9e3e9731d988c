import { formatCount, formatDuration } from "#server/base/format-number.ts";
import type { JobProblem } from "./find-job-problems.ts";

/** Says what is wrong with a job, in a sentence beside its name. @param now milliseconds since 1970 */
export function describeProblem(
  {
    kind,
    state,
    since,
    count,
    engine,
    isSilent,
  }: Pick<JobProblem, "kind" | "state" | "since" | "count" | "engine" | "isSilent">,
  now: number,
): string {
  const lasting = formatDuration(Math.max(0, now - since));
  switch (kind) {
    case "failed":
      return state === "lost" ? "It was lost." : "It failed.";
    case "torn":
      return `${formatCount(count)} ${count === 1 ? "checkpoint is" : "checkpoints are"} damaged, and none was saved since.`;
    case "unsaved":
      return `No checkpoint for ${lasting}.`;
    case "stalled":
      if (engine === null) return `Its engine was removed; it has waited ${lasting}.`;
      return isSilent
        ? `${engine} has not responded for ${lasting}.`
        : `It has waited ${lasting} for ${engine}, which does not run it.`;
  }
}
