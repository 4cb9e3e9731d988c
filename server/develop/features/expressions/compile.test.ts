import { expect, test } from "vitest";
import type { FeatureType, StoreValue } from "../contract.ts";
import { compileExpression, type Outcome } from "./compile.ts";

const types = new Map<string, FeatureType>(
  Object.entries({
    a: "int64",
    b: "int64",
    small: "int32",
    x: "float64",
    y: "float64",
    narrow: "float32",
    flag: "bool",
    other: "bool",
    s: "string",
    t: "string",
    raw: "bytes",
    at: "timestamp",
    m: "map",
    j: "json",
    l: "list<int64>",
    texts: "list<string>",
  }),
);

type Row = Record<string, StoreValue>;

function run(cel: string, row: Row = {}, type?: FeatureType): Outcome {
  return compileExpression(cel, types, type).evaluate((column) => row[column] ?? null);
}

function evaluated(cel: string, row: Row = {}, type?: FeatureType): StoreValue | string {
  const outcome = run(cel, row, type);
  if (outcome.kind === "failed") return `failed: ${outcome.reason}`;
  return outcome.kind === "null-operand" ? "null operand" : outcome.value;
}

test("integers are exact in 64 bits, and overflow is an error", () => {
  expect(evaluated("a + 1", { a: 2n ** 53n })).toBe(2n ** 53n + 1n);
  expect(evaluated("a", { a: -(2n ** 63n) })).toBe(-(2n ** 63n));
  expect(evaluated("-9223372036854775808")).toBe(-(2n ** 63n));
  expect(evaluated("a + 1", { a: 2n ** 63n - 1n })).toMatch(/^failed: Int overflow during \+\.$/);
  expect(evaluated("a / -1", { a: -(2n ** 63n) })).toMatch(/^failed: Int overflow/);
  expect(evaluated("a % 0", { a: 1n })).toBe("failed: Division by zero.");
  expect(evaluated("int(x)", { x: 1e19 })).toMatch(/^failed: Int overflow/);
  expect(() => compileExpression("9223372036854775808", types)).toThrow("does not fit into 64 bits");
});

test("double does not mix with int in arithmetic, but is compared with it", () => {
  expect(() => compileExpression("a * x", types)).toThrow(
    "* does not take int and double. Convert one with double(x) or int(x), and write literals of doubles with a point: 1.0.",
  );
  expect(() => compileExpression("x + 1", types)).toThrow("+ does not take double and int.");
  expect(() => compileExpression("a == x", types)).toThrow("== does not take int and double.");
  expect(() => compileExpression("flag ? a : x", types)).toThrow("Both results of a condition need one type");
  expect(evaluated("a < x", { a: 1n, x: 1.5 })).toBe(true);
});

test("a null operand without a test gives null, and says so", () => {
  expect(evaluated("a + b", { a: 1n })).toBe("null operand");
  expect(evaluated("x > 0.5 ? 1.0 : 0.0", {})).toBe("null operand");
  expect(evaluated("size(l)", {})).toBe("null operand");
  expect(evaluated("m.k", {}, "int64")).toBe("null operand");
  expect(evaluated("m.k + 1", { m: '{"k": null}' }, "int64")).toBe("null operand");
  expect(evaluated("j.a.b + 1", { j: '{"a": {"b": null}}' }, "int64")).toBe("null operand");
  expect(evaluated("l.exists(e, e > a)", { l: [1n] })).toBe("null operand");
  expect(evaluated("a in l", { a: 1n })).toBe("null operand");
  expect(evaluated("flag ? a : b + 1", { flag: false, a: 1n })).toBe("null operand");
  expect(evaluated("flag && other", { flag: true })).toBe("null operand");
  // Whatever else is wrong in the row.
  expect(evaluated("1 / b + a", { b: 0n })).toBe("null operand");
});

test("a null that is tested for, or that does not matter, is a value", () => {
  expect(evaluated("x == null ? 0.0 : x", {})).toBe(0);
  expect(evaluated("x == null ? 0.0 : x", { x: 2.5 })).toBe(2.5);
  expect(evaluated("x != null && x > 1.0", {})).toBe(false);
  expect(evaluated("flag || a > 1", { flag: true })).toBe(true);
  expect(evaluated("flag ? a : b + 1", { flag: true, a: 1n })).toBe(1n);
  expect(run("flag ? a : b", { flag: true, b: 1n })).toEqual({ kind: "value", value: null });
  expect(evaluated("s == 'x'", {})).toBe(false);
  expect(evaluated("s in ['x']", {})).toBe(false);
  expect(evaluated("has(m.k) ? 1 : 2", {})).toBe(2n);
  expect(run("a", {})).toEqual({ kind: "value", value: null });
});

test("columns have their types", () => {
  expect(evaluated("small + 1", { small: 41 })).toBe(42n);
  expect(evaluated("small + 1", { small: 2 ** 31 - 1 }, "int32")).toBe("failed: 2147483648 does not fit int32.");
  expect(evaluated("small + 1", { small: 41 }, "int32")).toBe(42);
  expect(evaluated("narrow * 3.0", { narrow: Math.fround(0.1) }, "float32")).toBe(Math.fround(Math.fround(0.1) * 3));
  expect(evaluated("x", { x: 1e300 }, "float32")).toBe("failed: 1e+300 does not fit float32.");
  expect(evaluated("x", { x: Number.NaN })).toBeNaN();
  expect(evaluated("raw + b'\\x01'", { raw: new Uint8Array([255]) })).toEqual(new Uint8Array([255, 1]));
  expect(evaluated("at + duration('1.5s')", { at: -1n })).toBe(1_499_999n);
  expect(evaluated("at.getFullYear()", { at: -1n })).toBe(1969n);
  expect(evaluated("at", { at: 10n ** 18n })).toBe("failed: Times are in the years 1 to 9999.");
  expect(evaluated("texts.filter(e, e.startsWith('a'))", { texts: ["ab", "b"] })).toEqual(["ab"]);
  expect(evaluated("l + [3]", { l: [1n, 2n] })).toEqual([1n, 2n, 3n]);
  expect(run("[a, b]", { a: 1n })).toEqual({ kind: "value", value: null });
});

test("JSON keeps whole numbers and doubles apart, and its keys are its own", () => {
  expect(evaluated("m.n + 1", { m: '{"n": 9007199254740993}' }, "int64")).toBe(9007199254740994n);
  expect(evaluated("m.n + 1.0", { m: '{"n": 2.0}' }, "float64")).toBe(3);
  expect(evaluated("m", { m: '{"n": 2.0, "i": 2}' }, "map")).toBe('{"n":2.0,"i":2}');
  expect(evaluated("has(m.constructor)", { m: "{}" })).toBe(false);
  expect(evaluated("'__proto__' in m", { m: "{}" })).toBe(false);
  expect(evaluated("j[1].k", { j: '[0, {"k": "v"}]' }, "string")).toBe("v");
  expect(evaluated("j.k", { j: '{"k": 1.5}' }, "int64")).toBe("failed: The result is double, not int64.");
  expect(evaluated("j.k", { j: "no" }, "int64")).toMatch(/^failed: /);
  expect(evaluated("{'a': x}", { x: 1 }, "json")).toBe('{"a":1.0}');
});

test("times do not depend on the zone of the process", () => {
  const before = process.env.TZ;
  try {
    // Lisbon skips 01:00 to 02:00 on 29 March 2026.
    for (const zone of ["UTC", "Europe/Lisbon"]) {
      process.env.TZ = zone;
      expect(evaluated("timestamp('2026-03-29T01:30:00Z').getHours()")).toBe(1n);
      expect(evaluated("timestamp('2026-12-31T23:59:59.5Z').getDayOfYear()")).toBe(364n);
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
  expect(evaluated("timestamp('2026-03-29T01:30:00Z').getHours('Europe/Lisbon')")).toBe(2n);
  expect(evaluated("timestamp('2026-03-01T00:30:00Z').getDate('-01:00')")).toBe(28n);
  expect(evaluated("timestamp('2024-02-29T12:00:00Z').getDayOfWeek('+05:30')")).toBe(4n);
  expect(evaluated("int(timestamp(5))")).toBe(5n);
});

test("texts are read strictly, and ordered by code points", () => {
  expect(evaluated("int(s)", { s: "" })).toBe('failed: "" is not a whole number.');
  expect(evaluated("int(s)", { s: "0x1F" })).toMatch(/^failed: /);
  expect(evaluated("int(s)", { s: "9223372036854775808" })).toMatch(/does not fit into 64 bits/);
  expect(evaluated("double(s)", { s: "" })).toBe('failed: "" is not a number.');
  expect(evaluated("uint(s) == 3u", { s: "3" })).toBe(true);
  expect(evaluated("uint(s) == 3u", { s: "-3" })).toMatch(/without a sign/);
  expect(evaluated("double(s)", { s: "1e3" })).toBe(1000);
  expect(evaluated("double(s)", { s: "-inf" })).toBe(-Infinity);
  expect(evaluated("s < t", { s: "ﬀ", t: "😀" })).toBe(true);
  expect(evaluated("size(s)", { s: "😀" })).toBe(1n);
});

test.for([
  ["trips + 1", 1, 'There is no column "trips". Columns: a, b, small, x, y, narrow, flag, other, s, t, and 6 more.'],
  ["1 + median(l)", 5, 'There is no function "median".'],
  ["s.lower()", 2, 'There is no method "lower".'],
  ["(a", 3, "The expression ends too early."],
  ["a + )", 3, "From character 3 on, the expression cannot be read: + )"],
  ["'a\\uD800'", 1, "a text or number that does not exist in CEL"],
  ["true_rate + 1.0", 5, 'Names cannot start with "true". Rename the column.'],
  ["for + 1", 1, "a word of the language"],
  ["s.matches(t)", 11, "has to be a text in the expression"],
  ["s.matches('(a')", 11, "Invalid regular expression"],
  ["s.matches('(x{100}){10}(y{100}){10}(z{100}){10}')", 11, "too large"],
  ["s.matches('\\\\Q[\\\\Ex{9}')", 11, "Escape the characters one by one"],
  ["at.getHours(s)", 13, "has to be a text in the expression"],
  ["at.getHours('Mars/Olympus')", 13, "There is no time zone"],
  ["l.map(e, e.k)", 11, ".k needs a map"],
  ["l.filter(e, e + 1)", 15, "A condition has to be bool"],
  ["a ? 1 : 2", 1, "A condition has to be bool, and this is int. Compare it: x > 0."],
  ["null + 1", 6, "+ does not take null and int. Test for null first: x == null ? 0.0 : x."],
  ["[1, 1.0]", 5, "A list has elements of one type"],
  ["l['k']", 3, "Elements of a list are taken by int"],
  ["size(a)", 1, "size(int) does not exist"],
  ["s in ['a', 1]", 12, "A list has elements of one type"],
  ["a in texts", 3, "in compares int with string, which are never equal"],
  ["Message{k: 1}", 1, 'There is no type "Message"'],
  ["google.protobuf.Timestamp{seconds: 1}", 1, "There is no type"],
  ["type(a) == int", 1, "type is not supported"],
  ["matches(s, 'x')", 1, "Write it after a value: x.matches()."],
  ["s.size", 2, ".size needs a map"],
] as const)("%s is refused at character %i: %s", ([cel, column, message]) => {
  const error = thrownBy(() => compileExpression(cel, types));
  expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining(message) });
  expect(error).toHaveProperty("column", column);
});

test.for([
  ["at - at", undefined, "Features have no durations. Take the seconds of it: int(d)."],
  ["1u", undefined, "Features have no uint. Convert it: int(x)."],
  ["null", undefined, "The expression is always null."],
  ["[[1]]", undefined, "Features have no lists of lists."],
  [
    "a",
    "float64",
    "The expression gives int, but float64 is declared. Convert it with double(x), or declare another type.",
  ],
  ["raw", "json", "The expression gives bytes, but json is declared. Declare another type."],
] as const)("%s as %s: %s", ([cel, type, message]) => {
  expect(() => compileExpression(cel, types, type)).toThrow(message);
});

test("limits hold before anything is read", () => {
  expect(() => compileExpression(`a${" + a".repeat(500)}`, types)).toThrow(
    "At most 2,000 characters per expression; got 2,001.",
  );
  expect(() => compileExpression(`${"(".repeat(40)}a${")".repeat(40)}`, types)).toThrow("At most 30 nested brackets.");
  expect(() => compileExpression(`${"-(".repeat(40)}a${")".repeat(40)}`, types)).toThrow("At most 30 nested brackets.");
  expect(() => compileExpression(`a${"+a".repeat(400)}`, types)).toThrow("Too many nested operations.");
  expect(evaluated(`'${"(".repeat(200)}' + s`, { s: "" })).toBe("(".repeat(200));
  expect(() => compileExpression("  ", types)).toThrow("Enter an expression");
});

test("an evaluation that takes too much work ends with an error", () => {
  const l = Array.from({ length: 1000 }, (_, index) => BigInt(index));
  expect(evaluated("l.filter(e, e % 2 == 0).map(e, e * 2).exists(e, e == 1996)", { l })).toBe(true);
  for (const cel of [
    "l.all(a, l.all(b, a + b >= 0))",
    // Even where an error is swallowed.
    "flag || l.exists(a, l.exists(b, l.exists(c, 1 / 0 == c)))",
    "size(l.map(a, l.map(b, a * b))) > 0",
  ]) {
    const start = performance.now();
    expect(evaluated(cel, { l, flag: false })).toMatch(/^failed: Too much work/);
    expect(performance.now() - start).toBeLessThan(1000);
  }
  const s = "x".repeat(60_000);
  expect(evaluated("s + s", { s })).toBe("failed: At most 65,536 characters per text; got 120,000.");
  expect(evaluated("l + l", { l })).toBe("failed: At most 1,000 elements per list; got 2,000.");
  expect(evaluated("l", { l: [...l, 1n] })).toBe("failed: At most 1,000 elements per list; got 1,001.");
  expect(evaluated("s.matches('^(a|b|c|x)*y$')", { s: "x".repeat(5000) })).toBe(false);
  expect(evaluated("size(s)", { s: `${s}${s}` })).toMatch(/^failed: At most 65,536 characters/);
});

test("making JSON of a result stops where it would be too long", () => {
  const l = Array.from({ length: 900 }, (_, index) => BigInt(index));
  const s = "x".repeat(60_000);
  const start = performance.now();
  const many = `[${Array.from({ length: 20 }, () => "s").join(",")}]`;
  expect(evaluated(`l.map(e, ${many})`, { l, s }, "json")).toMatch(/^failed: At most 65,536 characters per text/);
  expect(evaluated(`l.map(e, ${many})`, { l, s }, "list<json>")).toMatch(/^failed: At most 65,536 characters per text/);
  expect(performance.now() - start).toBeLessThan(500);
  expect(evaluated("l.map(e, [1, 2])", { l }, "json")).toBe("failed: At most 1,000 elements per JSON text.");
  expect(evaluated('{"a": [1, 2], "b": []}', {}, "json")).toBe('{"a":[1,2],"b":[]}');
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
