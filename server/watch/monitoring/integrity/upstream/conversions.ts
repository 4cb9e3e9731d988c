interface Unit {
  from: string;
  to: string;
  hint: RegExp;
  /** Whether it is so close to another conversion that only the feature's name can identify it. */
  isOnlyHinted?: boolean;
}

/** Conversion from one unit to another: y = factor · x + offset. */
export interface Conversion {
  factor: number;
  offset: number;
  /** Pairs of units that the conversion applies to. Feature names hint at which pair it is. */
  units: readonly Unit[];
}

const length = /dist|length|height|width|depth|altitude|elev|range|size|mile|metre|meter|km/i;
const atSea = /nautic|vessel|ship|sea|sail|knot/i;
const mass = /weight|mass|load|cargo|kg|pound/i;
const time = /time|duration|delay|age|wait|elapsed|latency|minute|second|hour|sched/i;
const money = /amount|price|cost|fare|fee|balance|salary|income|revenue|value|usd|eur/i;
const speed = /speed|velocity|wind/i;
const heat = /temp|celsius|fahrenheit|kelvin/i;
const share = /share|ratio|rate|percent|prob|score|pct/i;
const angle = /angle|bearing|heading|lat|lon|direction/i;
const size = /bytes?|memory|disk|traffic/i;

interface Pair extends Unit {
  factor: number;
  offset?: number;
}

/** Each is used both ways. Exact by definition: the international foot and pound, the nautical mile, the kelvin. */
const pairs: readonly Pair[] = [
  { factor: 1000, from: "kilometres", to: "metres", hint: length },
  { factor: 1000, from: "kilograms", to: "grams", hint: mass },
  { factor: 1000, from: "seconds", to: "milliseconds", hint: time },
  { factor: 1000, from: "thousands", to: "single units", hint: money },
  { factor: 100, from: "metres", to: "centimetres", hint: length },
  { factor: 100, from: "whole currency units", to: "cents", hint: money },
  { factor: 100, from: "shares", to: "per cent", hint: share },
  { factor: 10, from: "centimetres", to: "millimetres", hint: length },
  { factor: 1e6, from: "seconds", to: "microseconds", hint: time },
  { factor: 1e6, from: "millions", to: "single units", hint: money },
  { factor: 1024, isOnlyHinted: true, from: "kibibytes", to: "bytes", hint: size },
  { factor: 1024 ** 2, isOnlyHinted: true, from: "mebibytes", to: "bytes", hint: size },
  { factor: 60, from: "minutes", to: "seconds", hint: time },
  { factor: 60, from: "hours", to: "minutes", hint: /hour/i },
  { factor: 3600, from: "hours", to: "seconds", hint: time },
  { factor: 24, from: "days", to: "hours", hint: time },
  { factor: 86_400, from: "days", to: "seconds", hint: time },
  { factor: 1.609344, from: "miles", to: "kilometres", hint: length },
  { factor: 1609.344, from: "miles", to: "metres", hint: length },
  { factor: 1.852, from: "nautical miles", to: "kilometres", hint: atSea },
  { factor: 0.3048, from: "feet", to: "metres", hint: length },
  { factor: 2.54, from: "inches", to: "centimetres", hint: length },
  { factor: 25.4, from: "inches", to: "millimetres", hint: length },
  { factor: 12, from: "feet", to: "inches", hint: length },
  { factor: 0.45359237, from: "pounds", to: "kilograms", hint: mass },
  { factor: 28.349523125, from: "ounces", to: "grams", hint: mass },
  { factor: 3.6, from: "metres per second", to: "kilometres per hour", hint: speed },
  { factor: 1.609344, from: "miles per hour", to: "kilometres per hour", hint: speed },
  { factor: 1.852, from: "knots", to: "kilometres per hour", hint: speed },
  { factor: 0.514444444444, from: "knots", to: "metres per second", hint: speed },
  { factor: 3.785411784, from: "US gallons", to: "litres", hint: /volume|fuel|gallon|litre|liter/i },
  { factor: 180 / Math.PI, from: "radians", to: "degrees", hint: angle },
  { factor: 1.8, offset: 32, from: "degrees Celsius", to: "degrees Fahrenheit", hint: heat },
  { factor: 1, offset: 273.15, from: "degrees Celsius", to: "kelvins", hint: heat },
];

/** Every known conversion, each of a factor and an offset once. */
const conversions: readonly Conversion[] = gather(pairs);

function gather(pairs: readonly Pair[]): Conversion[] {
  const known = new Map<string, { factor: number; offset: number; units: Unit[] }>();
  const add = ({ factor, offset = 0, ...unit }: Pair) => {
    const key = `${factor.toPrecision(9)} ${offset.toPrecision(9)}`;
    const own = known.get(key) ?? { factor, offset, units: [] };
    own.units.push(unit);
    known.set(key, own);
  };
  for (const pair of pairs) add(pair);
  for (const { factor, offset = 0, ...unit } of pairs) {
    add({ ...unit, factor: 1 / factor, offset: -offset / factor, from: unit.to, to: unit.from });
  }
  return [...known.values()];
}

/** Whether the name of a feature suggests a conversion. */
export function isHinted({ units }: Conversion, feature: string): boolean {
  return units.some(({ hint }) => hint.test(feature));
}

/** A factor beyond which no season explains it, whatever the feature is called. */
const minUnlikely = 10;

/** Whether chance is an implausible explanation: the name suggests the conversion, or no season has such a factor. */
export function isLikely(conversion: Conversion, feature: string): boolean {
  return isHinted(conversion, feature) || isLarge(conversion);
}

function isLarge({ factor }: Conversion): boolean {
  return Math.max(Math.abs(factor), 1 / Math.abs(factor)) >= minUnlikely;
}

/**
 * Returns the plausible conversions for a feature of this name. A name that suggests some, such as "temperature", rules out the others,
 * except factors of ten and more: names may mislead.
 */
export function conversionsOf(feature: string): Conversion[] {
  const speaks = conversions.some((each) => isHinted(each, feature));
  return conversions.filter((each) => {
    if (speaks && !isLikely(each, feature)) return false;
    return each.units.some(({ isOnlyHinted, hint }) => !isOnlyHinted || hint.test(feature));
  });
}

/**
 * Whether a feature of this name may have been multiplied by an unknown constant, as with another currency. A name that suggests units,
 * such as "temperature", rules it out: all their constants are known, and the rest is seasonal.
 */
export function mayBeAnyConstant(feature: string): boolean {
  return money.test(feature) || !conversions.some((each) => isHinted(each, feature));
}

/** Describes the most likely conversion for a feature of this name: "as if the unit changed from miles to kilometres". */
export function describeConversion({ units }: Conversion, feature: string): string {
  const unit = units.find(({ hint }) => hint.test(feature)) ?? units[0];
  return unit ? `as if the unit changed from ${unit.from} to ${unit.to}` : "";
}
