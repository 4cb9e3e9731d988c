import type { ProfiledFeature, SpanState } from "../../state/contract.ts";
import { findConversion } from "./find-conversion.ts";
import { findFlood } from "./find-flood.ts";
import { findGone, findRenamed } from "./find-renamed.ts";
import { type CategoricalPair, findSwappedLevels, findSwappedNumbers, type NumericPair } from "./find-swapped.ts";
import {
  conversionSentence,
  floodSentence,
  goneSentence,
  renamedSentence,
  swappedSentence,
  type UpstreamChange,
} from "./upstream-text.ts";

/** Maximum number of features tested for swaps with each other: the number of pairs grows quadratically. */
const maxSwapped = 60;

/**
 * Identifies silent upstream changes of an endpoint in a window: swapped columns, another unit or sign, a default that floods a feature, a
 * level that was renamed or lost its rows. Each feature is listed once, with the best explanation.
 * @param features of the profile, in its order, as in the state
 */
export function nameChanges(features: readonly ProfiledFeature[], { features: states }: SpanState): UpstreamChange[] {
  const numbers: NumericPair[] = [];
  const categories: CategoricalPair[] = [];
  for (const [index, { name, role, profile }] of features.entries()) {
    const state = states[index];
    // The model's outputs follow from its inputs.
    if (!state || role === "output") continue;
    if (profile.kind === "numeric" && state.kind === "numeric") numbers.push({ name, profile, state });
    if (profile.kind === "categorical" && state.kind === "categorical") categories.push({ name, profile, state });
  }
  const swapped = [
    ...findSwappedNumbers(numbers.filter(isMoved).slice(0, maxSwapped)),
    ...findSwappedLevels(categories.slice(0, maxSwapped)),
  ];
  const explained = new Set(swapped.flat());
  return [
    ...swapped.map(swappedSentence),
    ...numbers.filter(({ name }) => !explained.has(name)).flatMap(nameNumber),
    ...categories.filter(({ name }) => !explained.has(name)).flatMap(nameLevels),
  ];
}

function nameNumber(pair: NumericPair): UpstreamChange[] {
  const { name, profile, state } = pair;
  const conversion = findConversion(name, profile, state);
  const flood = findFlood(profile, state);
  // A flood of one value may look like another unit in some of the rows, and vice versa: the likelier one is reported.
  if (conversion && conversion.evidence >= (flood?.evidence ?? 0)) return [conversionSentence(pair, conversion)];
  return flood ? [floodSentence(pair, flood)] : [];
}

function nameLevels(pair: CategoricalPair): UpstreamChange[] {
  const renamed = findRenamed(pair.profile, pair.state);
  const from = new Set(renamed.map((one) => one.from));
  const removed = findGone(pair.profile, pair.state).filter(({ level }) => !from.has(level));
  return [
    ...(renamed.length > 0 ? [renamedSentence(pair, renamed)] : []),
    ...(removed.length > 0 ? [goneSentence(pair, removed)] : []),
  ];
}

/** Returns whether a feature has moved far from its reference: only such features can have been swapped. */
function isMoved({ profile, state }: NumericPair): boolean {
  const deviation = Math.sqrt(profile.m2 / profile.count);
  const error = deviation * Math.sqrt(1 / Math.max(1, state.count) + 1 / profile.count);
  const spread = Math.sqrt(state.m2 / Math.max(1, state.count)) / deviation;
  return Math.abs(state.mean - profile.mean) > 5 * error || spread > 1.3 || spread < 1 / 1.3;
}
