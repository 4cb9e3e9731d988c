import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { workStates } from "../contract.ts";
import { Column } from "../rules/contract.ts";

/** Set of rows to compare: a version, or its rows with one value in the split column. */
const Side = z.object({
  name: z.string().max(limits.nameLength),
  digest: z.string().max(limits.nameLength),
  where: z
    .object({ column: Column, value: z.string().max(limits.textLength) })
    .nullable()
    .default(null),
});
export type Side = z.infer<typeof Side>;

/** Question which rows of `right` (usually the test split) are also in `left` (usually the training split). */
export const LeakageQuestion = z.object({
  left: Side,
  right: Side,
  /** Columns that make a row the same; null: all that both have, without split columns. */
  columns: z.array(Column).min(1).max(1000).nullable().default(null),
});
export type LeakageQuestion = z.infer<typeof LeakageQuestion>;

export const LeakageResult = z.object({
  columns: z.array(z.string()),
  leftRows: z.number().int(),
  rightRows: z.number().int(),
  /** Rows of right that are in left. */
  sharedRows: z.number().int(),
  examples: z.array(
    z.object({ leftAt: z.number().int(), rightAt: z.number().int(), values: z.array(z.string().nullable()) }),
  ),
});
export type LeakageResult = z.infer<typeof LeakageResult>;

export const LeakageCheck = z.object({
  id: z.uuid(),
  question: LeakageQuestion,
  state: z.enum(workStates),
  result: LeakageResult.nullable(),
  problem: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type LeakageCheck = z.infer<typeof LeakageCheck>;

export const RequestLeakageCheck = z.object({ name: z.string(), question: LeakageQuestion });
export type RequestLeakageCheck = z.input<typeof RequestLeakageCheck>;
