import { formatDuration } from "#server/base/format-number.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { isOfInputs } from "#server/watch/monitoring/findings/of-inputs.ts";
import type { LikelyCause } from "./contract.ts";

/**
 * What monitoring found in the inputs of an endpoint, as the likely cause of wrong answers: what began nearest to the start. A change of the
 * hours before is told beside it.
 * @param findings nearest to the start first @param startedAt milliseconds since 1970 @param blamed what the changes alone say
 * @returns what the changes alone say, where it is strong or nothing was found in the inputs
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
    evidence: "some",
    title: "Likely cause: change in inputs",
    beforeMs: beforeMs >= 0 ? beforeMs : null,
    words: `${first.words.replaceAll("`", "")}${also}`,
  };
}
