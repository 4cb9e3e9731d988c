import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { FeatureType } from "../contract.ts";
import { FeatureName } from "../names.ts";
import { maxExpressionLength } from "./syntax.ts";

const maxColumns = 2_000;

export const CheckExpression = z.object({
  cel: z.string().max(maxExpressionLength * 2),
  columns: boundedRecord(FeatureName, FeatureType, maxColumns).describe("Types of the available columns."),
  type: FeatureType.optional().describe("Expected type; defaults to the inferred type."),
  row: boundedRecord(FeatureName, z.unknown(), maxColumns)
    .optional()
    .describe("Values of a row to evaluate. Omitted columns are null."),
});
export type CheckExpression = z.input<typeof CheckExpression>;
