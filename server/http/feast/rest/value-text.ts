import type { FeatureType, ScalarType, ScalarValue } from "#server/develop/features/contract.ts";

/** Event time of join keys, and of rows that do not exist. */
export const noTime = "1970-01-01T00:00:00Z";

/** Returns the function that writes non-null values of a type as JSON: docs/spec/features.md section 10.2. */
export function valueTexts(type: FeatureType): (value: unknown) => string {
  if (!type.startsWith("list<")) return scalarTexts[type as ScalarType] as (value: unknown) => string;
  const element = scalarTexts[type.slice(5, -1) as ScalarType];
  return (values) => `[${(values as ScalarValue[]).map((value) => element(value as never)).join(",")}]`;
}

const scalarTexts: { [Type in ScalarType]: (value: never) => string } = {
  bool: (value: boolean) => (value ? "true" : "false"),
  int32: (value: number) => `${value}`,
  int64: (value: bigint) => `${value}`,
  float32: doubleText,
  float64: doubleText,
  string: (value: string) => JSON.stringify(value),
  bytes: (value: Uint8Array) => `"${Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64")}"`,
  timestamp: secondsText,
  json: (value: string) => JSON.stringify(value),
  // It is an object in the response; what was stored as one was checked to be JSON.
  map: (value: string) => value,
};

/**
 * Returns the JSON of a double: the shortest text that reads back as the same number, always with a point or an exponent, because Feast's
 * client makes an integer of `2`. NaN and the infinities are texts, as in protobuf's JSON.
 */
function doubleText(value: number): string {
  if (!Number.isInteger(value)) return Number.isFinite(value) ? `${value}` : `"${value}"`;
  const text = Object.is(value, -0) ? "-0" : `${value}`;
  // From 1e21 on JavaScript writes an exponent itself.
  return text.includes("e") ? text : `${text}.0`;
}

/** Returns whole seconds since 1970, rounded down. @param micros microseconds since 1970 */
function secondsText(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  return `${micros % 1_000_000n < 0n ? seconds - 1n : seconds}`;
}
