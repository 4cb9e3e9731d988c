import { expect, test } from "vitest";
import { runVocabulary } from "../runs/vocabulary.ts";
import { parseFilter } from "./parse-filter.ts";

const parse = (text: string) => parseFilter(text, runVocabulary);
const metric = (key: string) => ({ entity: "metric", key });
const compare = (subject: object, comparator: string, value: unknown, isNegated = false) => ({
  kind: "compare",
  subject,
  comparator,
  value,
  isNegated,
});
const lossBelow1 = compare(metric("loss"), "<", 1);
const lr = { entity: "parameter", key: "lr" };
const lrIs = (value: string) => compare(lr, "=", value);

test("treats an empty filter as none, and rejects blanks", () => {
  expect(parse("")).toBeUndefined();
  expect(() => parse("  ")).toThrow("Could not be parsed");
});

test.each([
  "metrics.loss<1",
  " metric.loss  <\n1 ",
  "metrics.`loss` < 1.0",
  'metrics."loss" < 1e0',
  "`metrics`.loss < 1",
])("parses %j as a metric comparison", (text) => {
  expect(parse(text)).toEqual(lossBelow1);
});

test("keeps dots and case of keys, and accepts special characters in quotes", () => {
  expect(parse("tags.mlflow.runName = 'a'")).toMatchObject({ subject: { entity: "tag", key: "mlflow.runName" } });
  expect(parse("params.`my-param x/y` = 'v'")).toMatchObject({ subject: { key: "my-param x/y" } });
  expect(parse("params.größe = 'v'")).toMatchObject({ subject: { key: "größe" } });
});

test("parses a name without an entity as an attribute, under any of its aliases", () => {
  const startedAt = { entity: "attribute", key: "start_time" };
  for (const name of ["start_time", "created", "Created", "attributes.created", "attr.start_time", "run.start_time"]) {
    expect(parse(`${name} > 5`)).toEqual(compare(startedAt, ">", 5));
  }
  expect(parse("`Run Name` = 'a'")).toMatchObject({ subject: { entity: "attribute", key: "run_name" } });
});

test("accepts both kinds of quotes around text, and a doubled quote as an escape", () => {
  expect(parse('params.lr = "it\'s"')).toEqual(lrIs("it's"));
  expect(parse("params.lr = 'it''s'")).toEqual(lrIs("it's"));
  expect(parse("params.lr = ''")).toEqual(lrIs(""));
});

test("binds NOT tighter than AND and AND tighter than OR, and allows an implicit AND", () => {
  const not = { kind: "not", part: lrIs("1") };
  expect(parse("metrics.loss < 1 AND NOT params.lr = '1' or params.lr = '2'")).toEqual({
    kind: "or",
    parts: [{ kind: "and", parts: [lossBelow1, not] }, lrIs("2")],
  });
  expect(parse("metrics.loss < 1 params.lr = '1' AND")).toEqual({ kind: "and", parts: [lossBelow1, lrIs("1")] });
  expect(parse("metrics.loss < 1 AND (params.lr = '1' OR params.lr = '2')")).toMatchObject({
    kind: "and",
    parts: [lossBelow1, { kind: "or" }],
  });
});

test("parses lists, ranges, patterns and absence, each also negated", () => {
  expect(parse("params.lr NOT IN ('A', 'b')")).toEqual({
    kind: "in",
    subject: lr,
    values: ["A", "b"],
    isNegated: true,
  });
  expect(parse("metrics.loss between -1 and .5")).toEqual({
    kind: "between",
    subject: metric("loss"),
    low: -1,
    high: 0.5,
    isNegated: false,
  });
  expect(parse("params.lr NOT ILIKE '%a'")).toEqual(compare(lr, "ILIKE", "%a", true));
  expect(parse("metrics.loss IS NOT NULL")).toEqual({ kind: "null", subject: metric("loss"), isNegated: true });
});

test.each([
  ["foo", "Invalid clause(s) in filter string: 'foo'"],
  ["params.opt = 'a', params.b = 'b'", "Invalid clause(s)"],
  ["params.opt = 'a';", "Invalid clause(s)"],
  ["params.opt = 'a' -- x", "Invalid clause(s)"],
  ["params.opt = 'open", "Invalid clause(s)"],
  ["(params.opt = 'a'", "Invalid clause(s)"],
  ["params.opt = 'a')", "Invalid clause(s)"],
  ["OR params.opt = 'a'", "Invalid"],
  ["1 = 1", "Invalid clause(s)"],
  ["metrics.loss == 1", "Invalid clause(s)"],
  ["metrics.loss <>= 1", "Invalid clause(s)"],
  ["metrics.loss = +1", "Expected numeric value type for metric. Found +1"],
  ["metrics.loss = 0x1", "Expected numeric value type for metric"],
  ["metrics.loss = '1'", "Expected numeric value type for metric. Found '1'"],
  ["metrics.loss LIKE '1'", "Invalid comparator 'LIKE'"],
  ["start_time > '5'", "Expected numeric value type for numeric attribute: start_time. Found '5'"],
  ["params.lr = 0.1", "Expected a quoted string value for parameter"],
  ["params.lr = `x`", "Expected a quoted string value"],
  ["params.my-param = 'v'", "Invalid clause(s)"],
  [
    "METRICS.loss = 1",
    "Invalid entity type 'METRICS'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
  ],
  ["lr = '1'", "Invalid attribute key 'lr' specified. Valid keys are 'run_id'"],
  ["constructor = '1'", "Invalid attribute key 'constructor'"],
  ["datasets.foo = 'x'", "Invalid dataset key 'foo' specified. Valid keys are 'name', 'digest', 'context'"],
  ["run_id IN ()", "must not be empty"],
  ["run_id IN (1)", "Expected a quoted string value"],
])("rejects %j: %s", (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test("limits the length, clauses and depth of a filter", () => {
  expect(() => parse(`run_id = '${"x".repeat(10_000)}'`)).toThrow("at most 10000 characters");
  expect(() => parse(Array(101).fill("run_id = 'x'").join(" OR "))).toThrow("at most 100 clauses");
  expect(() => parse(`${"(".repeat(30)}run_id = 'x'${")".repeat(30)}`)).toThrow("at most 20 levels deep");
  expect(() => parse(`${"NOT ".repeat(30)}run_id = 'x'`)).toThrow("at most 20 levels deep");
});

test.each([
  ["params.lr == '1'", 11],
  ["params.lr = 0.1", 13],
  ["metrics.loss < 1 AND foo = 'x'", 22],
  ["metrics.loss LIKE '1'", 14],
  ["(params.lr = '1'", 1],
  ["params.lr = '1')", 16],
  ["params.lr IN ()", 15],
  ["run_id = 'x' AND bogus.a = 1", 18],
])("reports the error in %j at column %i", (text, column) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ column, message: expect.stringContaining(`(column ${column})`) }),
  );
});
