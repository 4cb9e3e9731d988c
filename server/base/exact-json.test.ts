import { expect, test, vi } from "vitest";
import { parseExactJson } from "./exact-json.ts";

test("keeps integers that a double would round, and nothing else, as bigint", () => {
  const text =
    '{"a":[9007199254740993,-9223372036854775808,9007199254740991,1234567890123456],"b":{"c": 18446744073709551615 },"d":0.10000000149011612,"e":1e20}';
  expect(parseExactJson(text)).toEqual({
    a: [9007199254740993n, -9223372036854775808n, 9007199254740991, 1234567890123456],
    b: { c: 18446744073709551615n },
    d: 0.10000000149011612,
    e: 1e20,
  });
  expect(parseExactJson("9007199254740993")).toBe(9007199254740993n);
});

test("leaves texts with digits as they are", () => {
  const value = { "9007199254740993": '9007199254740993 "9007199254740993" \\', b: ["9007199254740993"] };
  expect(parseExactJson(`[${JSON.stringify(value)},9007199254740993]`)).toEqual([value, 9007199254740993n]);
});

test("returns the same as JSON.parse, or refuses as it does", () => {
  const pieces = [
    "9007199254740993",
    "-9007199254740993",
    "0",
    "1.5",
    '"x"',
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    " ",
    "e",
    "-",
    "tru",
    "true",
  ];
  let seed = 7;
  const next = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % most;
  };
  let valid = 0;
  for (let round = 0; round < 8_000; round += 1) {
    const text = Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)]).join("");
    const plain = attempt(() => JSON.parse(text));
    const exact = attempt(() => parseExactJson(text));
    expect([text, exact.failed]).toEqual([text, plain.failed]);
    if (plain.failed) continue;
    valid += 1;
    const rounded = JSON.stringify(exact.value, (_key, value) => (typeof value === "bigint" ? Number(value) : value));
    expect(rounded).toBe(JSON.stringify(plain.value));
  }
  expect(valid).toBeGreaterThan(200);
});

test("refuses keys that set a prototype, depth, and what is not JSON", () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"a":[{"\\u005f_proto__" :1}]}']) {
    expect(() => parseExactJson(text)).toThrow("__proto__");
  }
  expect(parseExactJson('{"a":"\\"__proto__\\":"}')).toEqual({ a: '"__proto__":' });
  expect(() => parseExactJson(`${"[".repeat(101)}${"]".repeat(101)}`)).toThrow("levels deep");
  expect(() => parseExactJson("{nope")).toThrow("not valid JSON");
});

test("takes linear time for long numbers, texts and lists", () => {
  const startedAt = performance.now();
  const digits = "9".repeat(2_000_000);
  expect(parseExactJson(digits)).toBe(Number.POSITIVE_INFINITY);
  expect(() => parseExactJson("[".repeat(2_000_000))).toThrow();
  expect(() => parseExactJson(`${"9007199254740993 ".repeat(100_000)}`)).toThrow();
  expect(parseExactJson(`[${"9007199254740993,".repeat(100_000)}1]`)).toHaveLength(100_001);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

function attempt(run: () => unknown): { failed: boolean; value?: unknown } {
  try {
    return { failed: false, value: run() };
  } catch {
    return { failed: true };
  }
}

test("reads long arrays by index, not by the names of their elements", () => {
  const names = vi.spyOn(Object, "keys");
  const values = vi.spyOn(Object, "values");
  const parsed = parseExactJson(`[[${"0,".repeat(1000)}9007199254740993],{"a":["\\"__proto__\\""]}]`) as unknown[][];
  const asked = [...names.mock.calls, ...values.mock.calls].map(([value]) => value);
  vi.restoreAllMocks();
  expect(parsed[0]?.[1000]).toBe(9007199254740993n);
  expect(asked.filter((value) => Array.isArray(value))).toEqual([]);
});
