import { z } from "zod";
import { lookUpStatuses } from "#server/develop/features/contract.ts";
import type { KeyHistoryRow, KeyMoment, KeyRows } from "#server/develop/features/keys/contract.ts";
import { formatTime } from "#server/develop/features/values/parse-time.ts";
import { Cell, toJsonCell } from "./feature-answer.ts";

const times = {
  eventAt: z.string().nullable(),
  createdAt: z.string().nullable(),
  arrivedAt: z.string().nullable(),
  origin: z.string().nullable().describe("What wrote the row; null without one, and once it is in a file of history."),
  version: z.number().int().nullable().describe("Version of the schema by which the row was written."),
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
      from: z.enum(["row", "arrival", "look-up"]).describe("Stored as it came, or computed then."),
    }),
  ),
});

/** Rows of one key of a view in JSON. */
export const KeyAnswer = z.object({
  view: z.string(),
  keys: z.array(z.object({ name: z.string(), value: Cell })),
  now: Moment,
  asOf: Moment.nullable().describe("What a look-up found at the given time, of the rows that had arrived."),
  knownNow: Moment.nullable().describe("What is known today of the given time."),
  history: z
    .array(
      z.object({
        ...times,
        isOnline: z.boolean().describe("Whether look-ups were to find it."),
        values: z.record(z.string(), Cell),
      }),
    )
    .describe("Newest event first."),
  hasOlder: z.boolean().describe("Whether there are older rows than those of the history."),
  needRequest: z.array(z.string()).describe("Expressions that need values of a request, and are left out."),
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
