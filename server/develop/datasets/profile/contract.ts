import { z } from "zod";

/** Kinds of a value; see ../rows/value.ts for how they are distinguished. */
const valueKinds = ["boolean", "integer", "number", "time", "text"] as const;
export const ValueKind = z.enum(valueKinds);
export type ValueKind = z.infer<typeof ValueKind>;

/** The kind that holds every value of a column; empty: no row has a value. */
const ColumnType = z.enum([...valueKinds, "empty"]);
export type ColumnType = z.infer<typeof ColumnType>;

const Level = z.object({ value: z.string(), count: z.number().int() });
const Bin = z.object({ from: z.number(), to: z.number(), count: z.number().int() });

/** Profile of the rows of one column. */
export const ColumnProfile = z.object({
  name: z.string(),
  type: ColumnType,
  /** Rows that have a value. */
  count: z.number().int(),
  missing: z.number().int(),
  /** Number of values of each kind, with the first of them; more than one kind is often a mistake. */
  kinds: z.array(
    z.object({ kind: ValueKind, count: z.number().int(), firstAt: z.number().int(), example: z.string() }),
  ),
  /** Different values. hyperloglog: an estimate with a standard error of 1.6%. */
  distinct: z.object({ count: z.number().int(), method: z.enum(["exact", "hyperloglog"]) }),
  /** Most frequent values; null if there are too many distinct ones to count each. */
  levels: z.array(Level).nullable(),
  /** Statistics of finite integers and numbers; sd is that of the sample (n − 1). */
  numbers: z
    .object({
      min: z.number(),
      max: z.number(),
      mean: z.number(),
      sd: z.number().nullable(),
      /** At 0, 5, … 100%. */
      quantiles: z.array(z.number()),
      /** Bins of equal width. */
      bins: z.array(Bin),
      /** all: quantiles and bins are exact; sample: of 4,096 values drawn evenly, so a share is right to about 2 points. */
      basis: z.enum(["all", "sample"]),
    })
    .nullable(),
  /** ISO 8601, UTC. */
  times: z.object({ min: z.string(), max: z.string() }).nullable(),
  /** Lengths of texts in characters. */
  texts: z.object({ shortest: z.number().int(), longest: z.number().int(), mean: z.number() }).nullable(),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;
