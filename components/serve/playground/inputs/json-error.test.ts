import { expect, test } from "vitest";
import { findJsonError } from "./json-error.ts";

test.each(['{"a":[1,-2.5e-3,"x\\u00e9\\n",true,null,{}],"b":[]}', " 1 ", '"x"', "[[[]]]"])(
  "accepts %j as JSON",
  (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(findJsonError(text)).toBeUndefined();
  },
);

test.each([
  ["", 0, "a value"],
  ["[1,]", 3, "a value"],
  ["[1 2]", 3, 'a comma or "]"'],
  ["{a:1}", 1, "a property name in double quotes"],
  ['{"a" 1}', 5, '":"'],
  ['{"a":1', 6, 'a comma or "}"'],
  ["01", 1, "end of input"],
  ["[NaN]", 1, "a value"],
  ['"line\nbreak"', 0, "a value"],
  ["{} {}", 3, "end of input"],
])("locates the error in %j at %d", (text, position, expected) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(findJsonError(text)).toEqual({ position, expected });
});
