import { formatSignificant, percent } from "#server/base/format-number.ts";
import { minRows } from "../../contract.ts";
import type { NumericProfile, NumericState } from "../../state/contract.ts";
import { type CheckResult, checkOf } from "../contract.ts";
import { minIncrease } from "./feature-checks.ts";

interface Limits {
  min: number | null;
  max: number | null;
}

/**
 * Checks for values beyond configured limits. Their existence is exact; their number comes from the bins, where a bin cut by a limit
 * counts proportionally.
 */
export function checkLimits(
  feature: string,
  limits: Limits,
  { profile, state }: { profile: NumericProfile; state: NumericState },
): CheckResult {
  const { count: rows } = state;
  const named = { check: "outside limits" as const, feature, rows };
  if (rows < minRows) {
    return checkOf({
      ...named,
      state: "unknown",
      words: `${rows} values of \`${feature}\`: at least ${minRows} needed for a result.`,
    });
  }
  const [below, above] = [outside(limits.min, -1, profile, state), outside(limits.max, 1, profile, state)];
  const share = (below + above) / rows;
  const verdict = share === 0 ? "whole" : share < minIncrease ? "small" : "broken";
  const parts = [
    ...(below > 0 ? [`${percent(below / rows)} below the limit of ${formatSignificant(limits.min ?? 0, 6)}`] : []),
    ...(above > 0 ? [`${percent(above / rows)} above the limit of ${formatSignificant(limits.max ?? 0, 6)}`] : []),
  ];
  const words =
    parts.length === 0
      ? `\`${feature}\` is within its limits.`
      : `\`${feature}\`: ${parts.join(" and ")} (${rows.toLocaleString("en")} rows).`;
  return checkOf({
    ...named,
    state: verdict,
    share,
    usual: 0,
    line: minIncrease,
    words,
    severity: verdict === "broken" ? "ticket" : null,
    evidence: { ...limits, below, above, reach: Math.min(1, share) },
  });
}

function outside(limit: number | null, side: 1 | -1, profile: NumericProfile, state: NumericState): number {
  if (limit === null || (side === 1 ? state.max <= limit : state.min >= limit)) return 0;
  const { edges } = profile;
  let rows = 0;
  for (let bin = 0; bin < state.bins.length; bin++) {
    const from = bin === 0 ? Math.min(state.min, profile.min) : (edges[bin - 1] as number);
    const to = bin === state.bins.length - 1 ? Math.max(state.max, profile.max) : (edges[bin] as number);
    const beyond = side === 1 ? (to - limit) / (to - from) : (limit - from) / (to - from);
    rows += (state.bins[bin] as number) * (to > from ? Math.min(1, Math.max(0, beyond)) : Number(beyond > 0));
  }
  return Math.max(1, rows);
}
