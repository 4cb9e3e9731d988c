import { Counter } from "prom-client";
import type { ComputedColumn } from "./run-expressions.ts";

const results = new Counter({
  name: "leeway_feature_expression_nulls_total",
  help: "Values of feature expressions that are null, by cause: an operand was null, or the evaluation failed.",
  labelNames: ["at", "cause"],
});

/** Counts what expressions gave for a batch. */
export function countNulls(at: "arrival" | "look-up", columns: readonly ComputedColumn[]): void {
  for (const { nullOperands, failures } of columns) {
    if (nullOperands > 0) results.inc({ at, cause: "null operand" }, nullOperands);
    if (failures.size > 0) results.inc({ at, cause: "failure" }, failures.size);
  }
}
