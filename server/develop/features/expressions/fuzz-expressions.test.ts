import { type CelInput, celEnv, isCelError, isCelList, isCelMap, plan } from "@bufbuild/cel";
import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import type { FeatureType, StoreValue } from "../contract.ts";
import { checkTypes } from "./check-types.ts";
import { compileExpression } from "./compile.ts";
import { functions } from "./functions.ts";
import { instrument } from "./instrument.ts";
import { startMeter } from "./meter.ts";
import { decidingColumns } from "./null-columns.ts";
import { readSyntax } from "./syntax.ts";
import { typeOfColumn } from "./types.ts";
import { toCel } from "./values.ts";

const rows: { types: Map<string, FeatureType>; values: Record<string, StoreValue>[] } = {
  types: new Map(
    Object.entries({
      a: "int64",
      x: "float64",
      s: "string",
      flag: "bool",
      l: "list<int64>",
      m: "map",
      j: "json",
      at: "timestamp",
    }),
  ),
  values: [
    { a: 3n, x: -0.5, s: "abc", flag: true, l: [1n, 2n], m: '{"k":1}', j: "[1,2.0,null]", at: 1_700_000_000_000_000n },
    { a: null, x: null, s: null, flag: null, l: null, m: null, j: null, at: null },
    { a: 2n ** 63n - 1n, x: Number.NaN, s: "😀".repeat(50), flag: false, l: [], m: "{}", j: "null", at: 0n },
  ],
};

const tokens = (
  "a x s flag l m j at null true false 0 1 -1 1.5 1u 9223372036854775807 'q' \"k\" b'\\xff' r'\\' '' 'UTC' '[a-z]+' + - * / % == != < <= > >= " +
  "&& || ! ? : , . ( ) [ ] { } in has( size( int( double( string( bytes( timestamp( duration( dyn( uint( bool( type( .map( .filter( .exists( " +
  ".all( .exists_one( .startsWith( .matches( .getHours( .getFullYear( .k .constructor e e, // \n \t \\ \" ' ` @ # $ é 😀 \u0000 __proto__ @result"
).split(" ");

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Expressions by a grammar, so that many pass the checks. */
function sentence(random: () => number, depth: number): string {
  const pick = (choices: string[]) => choices[Math.floor(random() * choices.length)] ?? "a";
  if (depth === 0)
    return pick(["a", "x", "s", "flag", "l", "m", "j", "at", "null", "1", "1.0", "'k'", "true", "[1, 2]", "{'k': 1}"]);
  const part = () => sentence(random, depth - 1);
  const shapes = [
    () => `${part()} ${pick(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||", "in"])} ${part()}`,
    () => `(${part()} ? ${part()} : ${part()})`,
    () => `${pick(["size", "int", "double", "string", "dyn", "timestamp", "!", "-"])}(${part()})`,
    () =>
      `${part()}.${pick(["map", "filter", "exists", "all", "exists_one"])}(e, ${pick(["e", "e == 1", "e > a", part()])})`,
    () => `${part()}[${part()}]`,
    () => `[${part()}, ${part()}]`,
    () => `has(j.k) ? j.k : ${part()}`,
    () => `dyn(${part()})`,
  ];
  return (shapes[Math.floor(random() * shapes.length)] ?? part)();
}

function outcomesOf(cel: string): string[] {
  let compiled: ReturnType<typeof compileExpression>;
  try {
    compiled = compileExpression(cel, rows.types);
  } catch (error) {
    expect(error, cel).toBeInstanceOf(DomainError);
    return ["refused"];
  }
  return rows.values.map((row) => compiled.evaluate((column) => row[column] ?? null).kind);
}

test("random text is refused or evaluated, and nothing else happens", () => {
  const random = randomNumbers(19);
  for (let round = 0; round < 3_000; round += 1) {
    const length = 1 + Math.floor(random() * 12);
    const text = Array.from({ length }, () => tokens[Math.floor(random() * tokens.length)]).join(
      random() < 0.5 ? " " : "",
    );
    outcomesOf(text);
  }
  for (let round = 0; round < 1_000; round += 1) {
    const codes = Array.from({ length: Math.floor(random() * 60) }, () =>
      Math.floor(random() * (random() < 0.9 ? 128 : 0xffff)),
    );
    outcomesOf(String.fromCharCode(...codes));
  }
});

test("random expressions give values, nulls and failures", () => {
  const random = randomNumbers(7);
  const counts = new Map<string, number>();
  for (let round = 0; round < 2_000; round += 1) {
    const cel = sentence(random, 1 + Math.floor(random() * 3));
    for (const outcome of outcomesOf(cel)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  for (const outcome of ["refused", "value", "null-operand", "failed"]) {
    expect(counts.get(outcome) ?? 0, outcome).toBeGreaterThan(50);
  }
});

test.for([
  ["an open call in a call", "size(".repeat(300)],
  ["an open condition", "a ? ".repeat(400)],
  ["open lists", "[".repeat(1_900)],
  ["signs", "-".repeat(1_900)],
  ["negations", `${"!".repeat(1_999)}`],
  ["comments", "//".repeat(1_000)],
  ["fields", `m${".k".repeat(900)}`],
  ["indexes", `j${"[0]".repeat(600)}`],
  ["quotation marks", '"'.repeat(1_999)],
  ["a long name", "q".repeat(2_000)],
  ["digits", "9".repeat(2_000)],
  ["and", `flag${" && flag".repeat(240)}`],
  ["conditions", `flag ? 1 : ${"flag ? 1 : ".repeat(170)}2`],
] as const)("%s end quickly", ([, cel]) => {
  const start = performance.now();
  outcomesOf(cel);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test("tests for null change nothing where nothing is null, and columns that decide leave no value when they are", () => {
  const random = randomNumbers(11);
  const environment = celEnv({ funcs: functions });
  const types = new Map([...rows.types].map(([name, type]) => [name, typeOfColumn(type)]));
  const whole = { ...rows.values[0], j: '{"k": 1, "l": [1, 2.0]}' } as Record<string, StoreValue>;
  const values = Object.fromEntries(
    [...rows.types].map(([name, type]): [string, CelInput] => [name, toCel(type, whole[name] ?? null)]),
  );
  const run = (expr: ReturnType<typeof instrument>, changes: Record<string, null> = {}) => {
    startMeter();
    return plan(environment, expr)({ ...values, ...changes });
  };
  let compared = 0;
  let decided = 0;
  for (let round = 0; round < 4_000; round += 1) {
    const cel = sentence(random, 1 + Math.floor(random() * 3));
    if (cel.includes("null")) continue;
    try {
      compileExpression(cel, rows.types);
    } catch {
      continue;
    }
    const { expr } = readSyntax(cel);
    const checked = checkTypes(readSyntax(cel), types);
    const guarded = instrument(expr, checked, true);
    expect(shown(run(guarded)), cel).toEqual(shown(run(instrument(expr, checked, false))));
    compared += 1;
    for (const column of decidingColumns(expr)) {
      expect(isCelError(run(guarded, { [column]: null })), `${cel} without ${column}`).toBe(true);
      decided += 1;
    }
  }
  expect(compared).toBeGreaterThan(200);
  expect(decided).toBeGreaterThan(200);
});

/** A value of CEL that can be compared. Any error equals any other. */
function shown(value: unknown): unknown {
  if (isCelError(value)) return "error";
  if (isCelList(value)) return [...value].map(shown);
  if (isCelMap(value)) return [...value].map(([key, entry]) => [key, shown(entry)]);
  const { message } = (value ?? {}) as { message?: unknown };
  return message ?? value;
}
