import { formatCount } from "#server/base/format-number.ts";
import type { KeyValue } from "../contract.ts";
import type { LatestMetric } from "../metrics/contract.ts";
import type { RunStatus } from "../runs/contract.ts";

/** Tags in which training scripts say why they failed, the first one first. */
export const reasonTags = ["failure_reason", "failure", "error", "exception"];

/**
 * Describes why a run failed, if known: the reason that it logged, else its last logged step. Undefined for a run that did not fail.
 * @param nanSince the metric that became NaN, and the first step at which it was.
 */
export function describeFailure(
  run: { status: RunStatus; tags: readonly KeyValue[]; metrics: readonly Pick<LatestMetric, "key" | "step">[] },
  nanSince?: { key: string; step: number },
): string | undefined {
  if (run.status !== "FAILED") return undefined;
  for (const key of reasonTags) {
    const said = run.tags.find((tag) => tag.key === key)?.value.trim();
    if (said) return said.split("\n", 1)[0];
  }
  if (nanSince) return `${nanSince.key} has been NaN since step ${formatCount(nanSince.step)}`;
  const steps = run.metrics.filter(({ key }) => !key.startsWith("system/")).map(({ step }) => step);
  if (steps.length === 0) return "Failed before logging a metric";
  return `Failed at step ${formatCount(Math.max(...steps))}`;
}
