import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import { describeConversion, isLikely } from "./conversions.ts";
import type { FoundConversion } from "./find-conversion.ts";
import type { FoundFlood } from "./find-flood.ts";
import type { FoundRenaming, GoneLevel } from "./find-renamed.ts";
import type { CategoricalPair, NumericPair } from "./find-swapped.ts";

/** A silent change upstream, named. */
export interface UpstreamChange {
  kind: "unit changed" | "sign flipped" | "default value" | "level renamed" | "level disappeared" | "columns swapped";
  feature: string;
  /** Part of the window's rows that it touches, from 0 to 1. */
  share: number;
  words: string;
  evidence: Record<string, unknown>;
}

export function conversionSentence(pair: NumericPair, found: FoundConversion): UpstreamChange {
  const { name, profile, state } = pair;
  const { factor, offset, share, known } = found;
  const rows = share < 1 ? `In ${percent(share)} of rows, \`${name}\`` : `\`${name}\``;
  const means = `mean ${formatSignificant(profile.mean, 4)} in the reference, ${formatSignificant(state.mean, 4)} in ${formatCount(state.count)} rows now`;
  const evidence = { factor, offset, share, before: profile.mean, now: state.mean, rows: state.count, reach: share };
  const isSure = known !== null && isLikely(known, name);
  if (factor === -1) {
    return {
      kind: "sign flipped",
      feature: name,
      share,
      evidence,
      words: `${rows} has the opposite sign: ${means}.`,
    };
  }
  const what = known ? `, ${describeConversion(known, name)}` : ", perhaps another unit or currency";
  const by =
    offset === 0
      ? `is ${formatSignificant(factor, 4)} times its previous value`
      : factor === 1
        ? `is ${formatSignificant(Math.abs(offset), 5)} ${offset > 0 ? "higher" : "lower"} than before`
        : `is ${formatSignificant(factor, 4)} times its previous value ${offset > 0 ? "plus" : "minus"} ${formatSignificant(Math.abs(offset), 4)}`;
  return {
    kind: "unit changed",
    feature: name,
    share,
    evidence: { ...evidence, isSure },
    words: `${rows} ${by}${what}; ${means}.`,
  };
}

export function floodSentence({ name, profile, state }: NumericPair, found: FoundFlood): UpstreamChange {
  const { value, isExact, share } = found;
  const shown = isExact ? formatSignificant(value, 6) : `about ${formatSignificant(value, 3)}`;
  const usual = value === 0 ? `, ${percent(profile.zeros / profile.count)} in the reference` : "";
  return {
    kind: "default value",
    feature: name,
    share,
    words: `${percent(share)} of \`${name}\` is now ${shown}${usual}: a default seems to replace actual values (${formatCount(state.count)} rows).`,
    evidence: { value, isExact, share, rows: state.count, reach: share },
  };
}

const maxListed = 3;

export function renamedSentence({ name, state }: CategoricalPair, found: readonly FoundRenaming[]): UpstreamChange {
  const share = Math.min(1, found.reduce((sum, { rows }) => sum + rows, 0) / state.count);
  const shown = found.slice(0, maxListed).map(({ from, to, share, others }) => {
    const or = others.length > 0 ? ` (or ${others.map(quoted).join(", ")})` : "";
    return `${quoted(from)}${or} is now ${quoted(to)}${share < 0.99 ? ` in ${percent(share)} of its rows` : ""}`;
  });
  const more = found.length > maxListed ? ` and ${found.length - maxListed} more` : "";
  return {
    kind: "level renamed",
    feature: name,
    share,
    words: `In \`${name}\`, ${shown.join(", ")}${more}: the old value disappeared and the new one appeared in as many rows, ${percent(share)} of ${formatCount(state.count)}.`,
    evidence: { renamed: found, rows: state.count, reach: share },
  };
}

export function goneSentence({ name, state }: CategoricalPair, found: readonly GoneLevel[]): UpstreamChange {
  const expected = found.reduce((sum, one) => sum + one.expected, 0);
  const names = found.slice(0, maxListed).map(({ level }) => quoted(level));
  const more = found.length > maxListed ? ` and ${found.length - maxListed} more` : "";
  return {
    kind: "level disappeared",
    feature: name,
    share: expected / state.count,
    words: `In \`${name}\`, ${names.join(", ")}${more} no longer occurs: about ${formatCount(Math.round(expected))} of ${formatCount(state.count)} rows were expected to have it.`,
    evidence: { gone: found, rows: state.count },
  };
}

export function swappedSentence([one, other]: [string, string]): UpstreamChange {
  return {
    kind: "columns swapped",
    feature: one,
    share: 1,
    evidence: { other, reach: 1 },
    words: `\`${one}\` and \`${other}\` appear to be swapped.`,
  };
}

function quoted(level: string): string {
  return `"${level.length > 40 ? `${level.slice(0, 40)}…` : level}"`;
}
