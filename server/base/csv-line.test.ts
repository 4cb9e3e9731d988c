import { expect, test } from "vitest";
import { csvLine } from "./csv-line.ts";

test("marks spreadsheet formulas as text, and leaves numbers unchanged", () => {
  expect(csvLine(["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(1)", "\tx"])).toBe(
    "'=HYPERLINK(1),'+1+cmd,'-2+3,'@SUM(1),'\tx\r\n",
  );
  expect(csvLine(["-0.5", "+3", "-1e-3", "-.5", "0"])).toBe("-0.5,+3,-1e-3,-.5,0\r\n");
});

test("quotes commas, quotation marks and line breaks", () => {
  expect(csvLine(['a,"b"', "two\nlines", "plain"])).toBe('"a,""b""","two\nlines",plain\r\n');
});
