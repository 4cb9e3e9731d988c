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

/** So many features are tried for swaps with each other: pairs grow with the square. */
const maxSwapped = 60;

/**
 * Names what silently changed upstream of an endpoint in a window: columns that changed places, another unit or sign, a default that floods a
 * feature, a level with another name or without rows. Each feature is named once, by what explains it best.
 * @param features of the profile, in its order, as in the state
 */
export function nameChanges(features: readonly ProfiledFeature[], { features: states }: SpanState): UpstreamChange[] {
  const numbers: NumericPair[] = [];
  const categories: CategoricalPair[] = [];
  for (const [index, { name, role, profile }] of features.entries()) {
    const state = states[index];
    // What the model answers follows from its inputs.
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
  // A flood of one value may look like another unit of some of the rows, and the other way round: the likelier one is told.
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

/** Only what is far from where it was can have changed places. */
function isMoved({ profile, state }: NumericPair): boolean {
  const deviation = Math.sqrt(profile.m2 / profile.count);
  const error = deviation * Math.sqrt(1 / Math.max(1, state.count) + 1 / profile.count);
  const spread = Math.sqrt(state.m2 / Math.max(1, state.count)) / deviation;
  return Math.abs(state.mean - profile.mean) > 5 * error || spread > 1.3 || spread < 1 / 1.3;
}
