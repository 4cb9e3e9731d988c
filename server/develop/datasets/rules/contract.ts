import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { DatasetName } from "../names.ts";
import { ValueKind } from "../profile/contract.ts";

export const Column = z.string().min(1).max(1000);

/** Rule for one column of a dataset. */
export const ColumnRule = z.object({
  column: Column,
  /** The column is there. */
  required: z.boolean().default(true),
  /** Every value is of this kind; an integer is a number, and everything is a text. */
  type: ValueKind.nullable().default(null),
  /** Rows may lack a value. */
  nullable: z.boolean().default(true),
  /** Limits of numbers; null means no limit. */
  min: z.number().nullable().default(null),
  max: z.number().nullable().default(null),
  /** The only values there may be, as written in profiles. */
  levels: z.array(z.string().max(1000)).min(1).max(1000).nullable().default(null),
  /** Regular expression (RE2) that must match within every value; "^[A-Z]{2}$" applies to the complete value. */
  pattern: z.string().min(1).max(limits.patternLength).nullable().default(null),
  /** No value twice. */
  unique: z.boolean().default(false),
});
export type ColumnRule = z.infer<typeof ColumnRule>;

export const ContractRules = z
  .object({
    columns: z.array(ColumnRule).max(2000),
    /** Columns without a rule may be there. */
    allowsOtherColumns: z.boolean().default(true),
  })
  .superRefine(({ columns }, refinement) => {
    const seen = new Set<string>();
    columns.forEach(({ column, min, max }, index) => {
      const path = ["columns", index];
      if (seen.has(column)) refinement.addIssue({ code: "custom", path, message: `Duplicate rule for "${column}".` });
      seen.add(column);
      if (min !== null && max !== null && min > max) {
        refinement.addIssue({
          code: "custom",
          path,
          message: `The minimum of "${column}" is greater than its maximum.`,
        });
      }
    });
  });
export type ContractRules = z.infer<typeof ContractRules>;

export const DatasetContract = z.object({
  id: z.uuid(),
  revision: z.number().int(),
  rules: ContractRules,
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type DatasetContract = z.infer<typeof DatasetContract>;

/** Result of checking the rows against one rule. */
export const RuleResult = z.object({
  /** Null for a rule about the complete table. */
  column: z.string().nullable(),
  rule: z.enum(["required", "type", "nullable", "range", "levels", "pattern", "unique", "other columns"]),
  expected: z.string(),
  measured: z.string(),
  passed: z.boolean(),
  /** Rows, or columns, that break it. */
  violations: z.number().int(),
  /** Positions of the first violations: lines of a CSV file, rows of a Parquet or Arrow file, both counted from 1. */
  examples: z.array(z.object({ at: z.number().int(), value: z.string() })),
});
export type RuleResult = z.infer<typeof RuleResult>;

export const DatasetCheck = z.object({
  id: z.uuid(),
  digest: z.string(),
  revision: z.number().int(),
  passed: z.boolean(),
  results: z.array(RuleResult),
  createdAt: z.date(),
});
export type DatasetCheck = z.infer<typeof DatasetCheck>;

export const SetContract = z.object({
  name: DatasetName,
  rules: ContractRules,
  reason: z.string().trim().min(1, "Enter a short reason.").max(2000),
});
export type SetContract = z.input<typeof SetContract>;
