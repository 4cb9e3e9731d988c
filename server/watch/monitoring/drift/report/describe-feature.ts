import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import type { FeatureProfile, FeatureState } from "../../state/contract.ts";
import type { FeatureVerdict } from "../contract.ts";
import { quantileOfBins } from "./display-bins.ts";

/** Describes the change of a feature in one or two sentences: what moved, from where to where, and whether values are missing. */
export function describeFeature(
  verdict: Omit<FeatureVerdict, "counts">,
  profile: FeatureProfile,
  state: FeatureState | undefined,
): string {
  if (!state || verdict.state === "no-data")
    return "No values in this time range: no result, which does not mean no drift.";
  if (verdict.state === "too-few") return `${formatCount(verdict.rows)} values: at least 50 needed for a result.`;
  if (verdict.state === "untestable")
    return profile.kind === "numeric"
      ? "Cannot be tested: nearly all values are the same one."
      : "Cannot be tested: every category is rare.";
  const words = moved(profile, state, verdict.state === "usual");
  const alarms = gone(verdict, state);
  // A level that is new explains why the shares of the others fell.
  return (verdict.unseen?.isAlarm ? [...alarms, words] : [words, ...alarms]).filter(Boolean).join(" ");
}

function moved(profile: FeatureProfile, state: FeatureState, isUsual: boolean): string {
  if (profile.kind === "numeric" && state.kind === "numeric") {
    const before = quantileOfBins(profile.edges, profile.bins, profile, 0.5);
    const now = quantileOfBins(profile.edges, state.bins, { min: state.min, max: state.max }, 0.5);
    if (before === null || now === null) return "";
    const [from, to] = [formatSignificant(before, 3), formatSignificant(now, 3)];
    if (from === to) return describeSpread(profile, state, to);
    return isUsual
      ? `Median ${to}, reference ${from}.`
      : `Median ${now > before ? "rose" : "fell"} from ${from} to ${to}.`;
  }
  if (profile.kind !== "categorical" || state.kind !== "categorical" || state.count === 0) return "";
  const changes = profile.levels.map(([level, count], index) => {
    return { level, before: count / Math.max(1, profile.count), now: (state.levels[index] ?? 0) / state.count };
  });
  const [largest] = changes.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  if (!largest) return "";
  const { level, before, now } = largest;
  if (isUsual) return `Largest difference: ${level}, ${percent(now)} of rows, reference ${percent(before)}.`;
  return `${level} ${now > before ? "rose" : "fell"} from ${percent(before)} to ${percent(now)} of rows.`;
}

/** Describes a change of the spread with an unchanged median. */
function describeSpread(
  { m2, count }: { m2: number; count: number },
  state: { m2: number; count: number },
  median: string,
): string {
  const deviation = (sum: number, rows: number) => formatSignificant(Math.sqrt(sum / Math.max(1, rows)), 3);
  return `Median unchanged at ${median}; standard deviation ${deviation(state.m2, state.count)}, reference ${deviation(m2, count)}.`;
}

function gone(
  { missing, unseen, outside }: Pick<FeatureVerdict, "missing" | "unseen" | "outside">,
  state: FeatureState,
): string[] {
  const [newest] = state.kind === "categorical" ? [...state.unseenTop].sort((a, b) => b[1] - a[1]) : [];
  const most = newest ? `, most often ${newest[0]}` : "";
  const rose = (what: string, share: { share: number; referenceShare: number } | null) =>
    share ? `${what} rose from ${percent(share.referenceShare)} to ${percent(share.share)}.` : "";
  return [
    missing?.isAlarm ? rose("Missing values", missing) : "",
    unseen?.isAlarm ? `${percent(unseen.share)} of rows have a category that is not in the reference${most}.` : "",
    outside?.isAlarm ? `${percent(outside.share)} of values are outside the reference range.` : "",
  ].filter(Boolean);
}
