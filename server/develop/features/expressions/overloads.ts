import {
  anyType,
  boolType,
  bytesType,
  doubleType,
  durationType,
  type ExpressionType,
  fits,
  intType,
  listOf,
  mapOf,
  stringType,
  timestampType,
  uintType,
} from "./types.ts";

/** One form of a function: what it takes and gives. */
interface Overload {
  /** The value before the dot, for methods. */
  target?: ExpressionType;
  args: ExpressionType[];
  result: ExpressionType;
}

const anyList = listOf(anyType);
const anyMap = mapOf(anyType, anyType);
const numbers = [intType, uintType, doubleType];

const form = (args: ExpressionType[], result: ExpressionType): Overload => ({ args, result });
const method = (target: ExpressionType, args: ExpressionType[], result: ExpressionType): Overload => ({
  target,
  args,
  result,
});
/** Two operands of one type that give the same type. */
const alike = (...types: ExpressionType[]) => types.map((type) => form([type, type], type));
const convert = (result: ExpressionType, ...from: ExpressionType[]) => from.map((type) => form([type], result));

const comparisons = [
  ...[boolType, bytesType, stringType, durationType, timestampType].map((type) => form([type, type], boolType)),
  ...numbers.flatMap((left) => numbers.map((right) => form([left, right], boolType))),
];
const partsOfTime = [method(timestampType, [], intType), method(timestampType, [stringType], intType)];
const partsOfBoth = [method(durationType, [], intType), ...partsOfTime];
const sized = [stringType, bytesType, anyList, anyMap];
const textTests = [method(stringType, [stringType], boolType)];

/**
 * Functions and operators of CEL's standard, except those whose types depend on each other, which check-types.ts knows: equality, in, index,
 * conditions and logic. Source: https://github.com/google/cel-spec/blob/v0.24.0/doc/langdef.md#list-of-standard-definitions.
 */
const overloads = new Map<string, Overload[]>(
  Object.entries({
    "_+_": [
      ...alike(intType, uintType, doubleType, durationType, stringType, bytesType, anyList),
      form([timestampType, durationType], timestampType),
      form([durationType, timestampType], timestampType),
    ],
    "_-_": [
      ...alike(intType, uintType, doubleType, durationType),
      form([timestampType, timestampType], durationType),
      form([timestampType, durationType], timestampType),
    ],
    "_*_": alike(intType, uintType, doubleType),
    "_/_": alike(intType, uintType, doubleType),
    "_%_": alike(intType, uintType),
    "-_": [form([intType], intType), form([doubleType], doubleType)],
    "!_": [form([boolType], boolType)],
    "_<_": comparisons,
    "_<=_": comparisons,
    "_>_": comparisons,
    "_>=_": comparisons,
    size: [...convert(intType, ...sized), ...sized.map((type) => method(type, [], intType))],
    int: convert(intType, intType, uintType, doubleType, stringType, timestampType, durationType),
    uint: convert(uintType, uintType, intType, doubleType, stringType),
    double: convert(doubleType, doubleType, intType, uintType, stringType),
    bool: convert(boolType, boolType, stringType),
    bytes: convert(bytesType, bytesType, stringType),
    string: convert(
      stringType,
      stringType,
      boolType,
      intType,
      uintType,
      doubleType,
      bytesType,
      timestampType,
      durationType,
    ),
    timestamp: convert(timestampType, timestampType, stringType, intType),
    duration: convert(durationType, durationType, stringType),
    dyn: [form([anyType], anyType)],
    contains: textTests,
    startsWith: textTests,
    endsWith: textTests,
    matches: textTests,
    getFullYear: partsOfTime,
    getMonth: partsOfTime,
    getDate: partsOfTime,
    getDayOfMonth: partsOfTime,
    getDayOfWeek: partsOfTime,
    getDayOfYear: partsOfTime,
    getHours: partsOfBoth,
    getMinutes: partsOfBoth,
    getSeconds: partsOfBoth,
    getMilliseconds: partsOfBoth,
  }),
);

/** Whether it can be called as f(a). */
export function isFunction(name: string): boolean {
  return overloads.get(name)?.some((overload) => !overload.target) ?? false;
}

/** Whether it can be called as a.f(). */
export function isMethod(name: string): boolean {
  return overloads.get(name)?.some((overload) => overload.target) ?? false;
}

/** What a call gives: undefined if no form of the function takes these types, and any if several do that give different types. */
export function resultOf(
  name: string,
  target: ExpressionType | undefined,
  args: ExpressionType[],
): ExpressionType | undefined {
  const fitting = (overloads.get(name) ?? []).filter(
    (overload) =>
      (overload.target === undefined) === (target === undefined) &&
      (!overload.target || !target || fits(target, overload.target)) &&
      overload.args.length === args.length &&
      args.every((arg, index) => fits(arg, overload.args[index] ?? anyType)),
  );
  const first = fitting[0];
  if (!first) return undefined;
  return fitting.every(({ result }) => result.kind === first.result.kind) ? first.result : anyType;
}
