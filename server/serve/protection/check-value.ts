import type { FieldContract, ViolationKind } from "./contract.ts";

type Value = number | string;

/** Returns the part of the contract that a value breaks; undefined when it breaks none. Empty text is missing. */
export function checkValue(value: Value, field: FieldContract): ViolationKind | undefined {
  const { type, minimum, maximum, levels } = field;
  if (value === "") return levels?.includes("") ? undefined : "missing";
  if (typeof value === "number" && !Number.isFinite(value)) return "not-finite";
  if (type !== null && !isOfType(value, type)) return "type";
  if (typeof value === "number" && ((minimum !== null && value < minimum) || (maximum !== null && value > maximum))) {
    return "range";
  }
  return levels && !levels.includes(value) ? "level" : undefined;
}

function isOfType(value: Value, type: NonNullable<FieldContract["type"]>): boolean {
  if (type === "text") return typeof value === "string";
  if (typeof value !== "number") return false;
  return type === "number" || (type === "boolean" ? value === 0 || value === 1 : Number.isInteger(value));
}

/** Returns the clipped value: the nearest bound or whole number, else the fallback. */
export function clipValue(value: Value, kind: ViolationKind, field: FieldContract): Value | undefined {
  const { type, levels, fallback } = field;
  const isOrdered = typeof value === "number" && Number.isFinite(value) && !levels;
  if (isOrdered && (kind === "range" || (kind === "type" && type === "integer"))) {
    return clamp(type === "integer" ? Math.round(value) : value, field);
  }
  return fallback ?? undefined;
}

function clamp(value: number, { minimum, maximum, type }: FieldContract): number {
  const [least, most] =
    type === "integer" ? [minimum && Math.ceil(minimum), maximum && Math.floor(maximum)] : [minimum, maximum];
  return Math.min(most ?? value, Math.max(least ?? value, value));
}
