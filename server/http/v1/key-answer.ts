import { z } from "zod";
import { lookUpStatuses } from "#server/develop/features/contract.ts";
import type { KeyHistoryRow, KeyMoment, KeyRows } from "#server/develop/features/keys/contract.ts";
import { formatTime } from "#server/develop/features/values/parse-time.ts";
import { Cell, toJsonCell } from "./feature-answer.ts";

const times = {
  eventAt: z.string().nullable(),
  createdAt: z.string().nullable(),
  arrivedAt: z.string().nullable(),
  origin: z
    .string()
    .nullable()
    .describe("Writer of the row; null without a row, and once the row is in a history file."),
  version: z.number().int().nullable().describe("Schema version that the row was written with."),
};

const Moment = z.object({
  at: z.string(),
  ...times,
  ageMs: z.number().nullable(),
  features: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      value: Cell,
      status: z.enum(lookUpStatuses),
      from: z.enum(["row", "arrival", "look-up"]).describe("Stored as received, or computed on arrival."),
    }),
  ),
});

/** Rows of one key of a view in JSON. */
export const KeyAnswer = z.object({
  view: z.string(),
  keys: z.array(z.object({ name: z.string(), value: Cell })),
  now: Moment,
  asOf: Moment.nullable().describe("Result of a look-up at the given time, from the rows that had arrived."),
  knownNow: Moment.nullable().describe("Values known today for the given time."),
  history: z
    .array(
      z.object({
        ...times,
        isOnline: z.boolean().describe("Whether look-ups could return it."),
        values: z.record(z.string(), Cell),
      }),
    )
    .describe("Newest event first."),
  hasOlder: z.boolean().describe("Whether there are more, older rows."),
  needRequest: z.array(z.string()).describe("Omitted expressions, which need request values."),
});

/** Converts rows of a key to JSON. */
export function toKeyAnswer({
  view,
  keys,
  now,
  asOf,
  knownNow,
  history,
  hasOlder,
  needRequest,
}: KeyRows): z.input<typeof KeyAnswer> {
  return {
    view,
    keys: keys.map(({ name, type, value }) => ({ name, value: toJsonCell(type, value) })),
    now: momentOf(now),
    asOf: asOf && momentOf(asOf),
    knownNow: knownNow && momentOf(knownNow),
    history: history.map((row) => ({
      ...timesOf(row),
      isOnline: row.isOnline,
      values: Object.fromEntries(row.values.map(({ name, type, value }) => [name, toJsonCell(type, value)])),
    })),
    hasOlder,
    needRequest,
  };
}

function momentOf(moment: KeyMoment): z.input<typeof Moment> {
  return {
    at: formatTime(moment.at),
    ...timesOf(moment),
    ageMs: moment.ageUs === null ? null : moment.ageUs / 1000,
    features: moment.values.map(({ name, type, value, status, from }) => {
      return { name, type, value: toJsonCell(type, value), status, from };
    }),
  };
}

function timesOf({ eventAt, createdAt, arrivedAt, origin, version }: KeyMoment | KeyHistoryRow) {
  const text = (us: number | null) => (us === null ? null : formatTime(us));
  return { eventAt: text(eventAt), createdAt: text(createdAt), arrivedAt: text(arrivedAt), origin, version };
}
