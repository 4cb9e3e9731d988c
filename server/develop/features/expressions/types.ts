import type { FeatureType } from "../contract.ts";

/** Types of CEL: https://github.com/google/cel-spec/blob/v0.24.0/doc/langdef.md#values. "any" is only known when the value is there. */
type SimpleType = "any" | "bool" | "bytes" | "double" | "duration" | "int" | "null" | "string" | "timestamp" | "uint";

/** Type of an expression or of a part of it. Whatever its type, a value may be null. */
export type ExpressionType =
  | { kind: SimpleType }
  | { kind: "list"; element: ExpressionType }
  | { kind: "map"; key: ExpressionType; value: ExpressionType };

const simple = (kind: SimpleType): ExpressionType => ({ kind });
export const anyType = simple("any");
export const boolType = simple("bool");
export const bytesType = simple("bytes");
export const doubleType = simple("double");
export const durationType = simple("duration");
export const intType = simple("int");
export const nullType = simple("null");
export const stringType = simple("string");
export const timestampType = simple("timestamp");
export const uintType = simple("uint");
export const listOf = (element: ExpressionType): ExpressionType => ({ kind: "list", element });
export const mapOf = (key: ExpressionType, value: ExpressionType): ExpressionType => ({ kind: "map", key, value });

/** The type that a column has in an expression. */
export function typeOfColumn(type: FeatureType): ExpressionType {
  switch (type) {
    case "int32":
    case "int64":
      return intType;
    case "float32":
    case "float64":
      return doubleType;
    case "bool":
      return boolType;
    case "string":
      return stringType;
    case "bytes":
      return bytesType;
    case "timestamp":
      return timestampType;
    case "json":
      return anyType;
    case "map":
      return mapOf(stringType, anyType);
    default:
      return listOf(typeOfColumn(elementOf(type)));
  }
}

/** The type of a list's elements: "int64" for "list<int64>". */
export function elementOf(type: `list<${string}>`): FeatureType {
  return type.slice("list<".length, -1) as FeatureType;
}

/** As the specification of CEL writes it: "list(int)". */
export function describeType(type: ExpressionType): string {
  if (type.kind === "list") return `list(${describeType(type.element)})`;
  if (type.kind === "map") return `map(${describeType(type.key)}, ${describeType(type.value)})`;
  return type.kind;
}

/** Whether a value of one type can be where the other is expected. Any may turn out to be anything. */
export function fits(type: ExpressionType, expected: ExpressionType): boolean {
  if (type.kind === "any" || expected.kind === "any") return true;
  if (type.kind === "list" && expected.kind === "list") return fits(type.element, expected.element);
  if (type.kind === "map" && expected.kind === "map") {
    return fits(type.key, expected.key) && fits(type.value, expected.value);
  }
  return type.kind === expected.kind;
}

/** One type for two values of which one is taken; undefined if there is none. Null takes the type of the other. */
export function joinTypes(left: ExpressionType, right: ExpressionType): ExpressionType | undefined {
  if (left.kind === "null") return right;
  if (right.kind === "null") return left;
  if (left.kind === "any" || right.kind === "any") return anyType;
  if (left.kind === "list" && right.kind === "list") {
    const element = joinTypes(left.element, right.element);
    return element && listOf(element);
  }
  if (left.kind === "map" && right.kind === "map") {
    const key = joinTypes(left.key, right.key);
    const value = joinTypes(left.value, right.value);
    return key && value && mapOf(key, value);
  }
  return left.kind === right.kind ? left : undefined;
}
