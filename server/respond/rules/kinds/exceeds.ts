import type { SpecOf } from "./spec-of.ts";

/** Returns whether a value is beyond the limit of a rule. */
export function exceeds(value: number, op: SpecOf<"threshold">["op"], limit: number): boolean {
  switch (op) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
  }
}
