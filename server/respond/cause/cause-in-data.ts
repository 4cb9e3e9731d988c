import { formatDuration } from "#server/base/format-number.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { isOfInputs } from "#server/watch/monitoring/findings/of-inputs.ts";
import type { LikelyCause } from "./contract.ts";

/**
 * Returns the finding in an endpoint's inputs that is the likely cause of incorrect predictions: the one that started nearest to the start.
 * Mentions a change of the hours before as well.
 * @param findings nearest to the start first @param startedAt milliseconds since 1970 @param blamed the cause according to changes alone
 * @returns the cause according to changes alone, where it is strong or there are no findings in the inputs
 */
export function causeInData(
  findings: readonly Finding[],
  { startedAt, blamed }: { startedAt: number; blamed: LikelyCause },
): LikelyCause {
  const first = findings.find(isOfInputs);
  if (!first || blamed.evidence === "strong") return blamed;
  const beforeMs = startedAt - first.openedAt.getTime();
  const { change, beforeMs: changedMs } = blamed;
  const also =
    change && changedMs !== null && changedMs >= 0
      ? ` Also before it: ${change.title}, ${formatDuration(changedMs)} before the rise.`
      : "";
  return {
    change: null,
    findingId: first.id,
    evidence: "some",
    title: "Likely cause: change in inputs",
    beforeMs: beforeMs >= 0 ? beforeMs : null,
    words: `${first.words.replaceAll("`", "")}${also}`,
  };
}
