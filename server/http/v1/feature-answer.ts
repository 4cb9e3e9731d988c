import { z } from "zod";
import {
  type FeatureType,
  type LookUpAnswer,
  lookUpStatuses,
  type ScalarValue,
  type StoreValue,
} from "#server/develop/features/contract.ts";
import { elementTypeOf } from "#server/develop/features/values/convert-value.ts";
import { formatTime } from "#server/develop/features/values/parse-time.ts";

/** One value in JSON. */
export const Cell = z
  .unknown()
  .describe("Integers beyond 2^53 are text, NaN and infinities too; bytes are base64, times ISO 8601.");

/** Answer to a look-up in JSON. */
export const FeatureAnswer = z.object({
  servedAt: z.string().describe("Time at which ages were evaluated."),
  keys: z.array(z.object({ name: z.string(), values: z.array(Cell) })),
  features: z
    .array(
      z.object({
        name: z.string(),
        view: z.string(),
        version: z.number().int(),
        type: z.string(),
        values: z.array(Cell),
        statuses: z.array(z.enum(lookUpStatuses)),
        eventAt: z.array(z.string().nullable()),
        createdAt: z.array(z.string().nullable()),
        ageMs: z.array(z.number().nullable()),
      }),
    )
    .describe("In the order of the request; each list has a value per row."),
});

/** Converts the answer to a look-up to JSON. */
export function toFeatureAnswer({ keys, columns, servedAt }: LookUpAnswer): z.input<typeof FeatureAnswer> {
  return {
    servedAt: formatTime(servedAt),
    keys: keys.map(({ name, type, values }) => ({ name, values: values.map((value) => toJsonCell(type, value)) })),
    features: columns.map(({ name, type, values, statuses, answer }) => ({
      name,
      view: answer.view,
      version: answer.version,
      type,
      values: values.map((value) => toJsonCell(type, value)),
      statuses,
      eventAt: answer.eventAt.map(timeOf),
      createdAt: answer.createdAt.map(timeOf),
      ageMs: answer.ageUs.map((age) => (age === null ? null : age / 1000)),
    })),
  };
}

const timeOf = (us: number | null) => (us === null ? null : formatTime(us));

/** Converts a value to JSON that loses nothing: what a number of JavaScript cannot hold is text. */
export function toJsonCell(type: FeatureType, value: StoreValue): unknown {
  if (value === null) return null;
  const element = elementTypeOf(type);
  if (element !== undefined) return (value as readonly ScalarValue[]).map((one) => toJsonCell(element, one));
  if (typeof value === "bigint") {
    if (type === "timestamp") return formatTime(value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return type === "map" ? parseMap(value as string) : value;
}

const digits = /^-?\d+$/;

/** Parses the JSON of a map; integers that a number cannot hold are text. */
function parseMap(text: string): unknown {
  // Shorter ones are exact, and most maps have no longer.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value;
    return digits.test(source) ? source : value;
  });
}
