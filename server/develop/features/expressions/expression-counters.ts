import { Counter, register } from "prom-client";
import type { ComputedColumn } from "./run-expressions.ts";

const name = "leeway_feature_expression_nulls_total";
// Pages have a bundled copy of this module, and one registry with what serves requests.
const known = register.getSingleMetric(name) as Counter<"at" | "cause"> | undefined;
const results =
  known ??
  new Counter({
    name,
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
