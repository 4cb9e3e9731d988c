import type { FieldContract } from "./contract.ts";

export const fieldTypes = ["number", "integer", "boolean", "text"] as const;

/** Returns a field's name in errors, counters and pages. */
export function fieldName({ name, input, column }: Pick<FieldContract, "name" | "input" | "column">): string {
  return name || (column === null ? input : `${input}[${column}]`);
}

/** Describes the values that a field expects: "a whole number from 0 to 10", "one of "red", "green"". */
export function expectationOf(field: Pick<FieldContract, "type" | "minimum" | "maximum" | "levels">): string {
  const { type, minimum, maximum, levels } = field;
  if (levels) {
    const shown = levels.slice(0, 5).map((level) => JSON.stringify(level));
    return `one of ${shown.join(", ")}${levels.length > 5 ? ` and ${levels.length - 5} more` : ""}`;
  }
  if (type === "text") return "text";
  if (type === "boolean") return "0 or 1";
  const noun = type === "integer" ? "an integer" : "a number";
  if (minimum !== null && maximum !== null) return `${noun} from ${minimum} to ${maximum}`;
  if (minimum !== null) return `${noun} of at least ${minimum}`;
  return maximum === null ? noun : `${noun} of at most ${maximum}`;
}
