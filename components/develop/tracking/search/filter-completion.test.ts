import { expect, test } from "vitest";
import { completionAt, readField } from "./filter-completion.ts";

/** Returns the text without "|", and the position of "|" as the caret. */
function at(text: string) {
  const caret = text.indexOf("|");
  const { kind, field, words } = completionAt(text.replace("|", ""), caret);
  return [kind, field, words];
}

test.each([
  ["|", ["field", "", ""]],
  ["metr|", ["field", "", "metr"]],
  ["metrics.val|", ["field", "", "metrics.val"]],
  ["not (params.`a b|", ["field", "", "params.`a b"]],
  ["params.lr |", ["operator", "params.lr", ""]],
  ["params.lr no|", ["operator", "params.lr", "no"]],
  ["params.lr = |", ["value", "params.lr", ""]],
  ["params.lr =|", ["value", "params.lr", ""]],
  ["params.lr = '0.|", ["value", "params.lr", "'0."]],
  ["params.lr = '0.1'|", ["joiner", "params.lr", ""]],
  ["params.lr = '0.1' a|", ["joiner", "params.lr", "a"]],
  ["params.lr = '0.1' and |", ["field", "", ""]],
  ["(status = 'RUNNING') |", ["joiner", "status", ""]],
  ["status in |", ["nothing", "status", ""]],
  ["status in ('RUNNING', |", ["value", "status", ""]],
  ["status not in ('a') or tags.team is |", ["null", "tags.team", ""]],
  ["tags.team is not null |", ["joiner", "tags.team", ""]],
  ["metrics.acc between 1 |", ["nothing", "metrics.acc", ""]],
  ["metrics.acc between 1 and |", ["value", "metrics.acc", ""]],
  ["metrics.acc between 1 and 2 |", ["joiner", "metrics.acc", ""]],
  ["a = 'x' b |", ["operator", "b", ""]],
])("identifies what to complete at %j", (text, expected) => {
  expect(at(text)).toEqual(expected);
});

test("replaces the complete word under the caret", () => {
  expect(completionAt("params.lr = '1'", 4)).toMatchObject({ from: 0, to: 9, words: "para" });
  expect(completionAt("status = 'RUN' and x", 12)).toMatchObject({ kind: "value", from: 9, to: 14, words: "'RU" });
});

test.each(["'", "((", "metrics.", "a !! b", "x in (", "between", "= = =", "not not"])("never throws at %j", (query) => {
  for (let caret = 0; caret <= query.length; caret += 1) completionAt(query, caret);
});

test("parses the kind of a field", () => {
  expect(readField("metrics.`val ``loss")).toEqual({ kind: "metric", key: "val `loss" });
  expect(readField("parameter.lr")).toEqual({ kind: "param", key: "lr" });
  expect(readField("tag.team")).toEqual({ kind: "tag", key: "team" });
  expect(readField("status")).toBeUndefined();
});
