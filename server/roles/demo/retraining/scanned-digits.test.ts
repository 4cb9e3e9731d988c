import { expect, test } from "vitest";
import { NewestForms } from "./newest-forms.ts";
import { doubled, type Form, readScannedDigits, requestOf, tableOf, withDeadLine } from "./scanned-digits.ts";

const rowOf = ({ pixels }: Form, row: number) => pixels.slice(row * 8, row * 8 + 8);
const stroke: Form = {
  digit: 1,
  pixels: Array.from({ length: 64 }, (_, at) => (at % 8 === 6 ? 9 : at % 8 === 3 ? 16 : 0)),
};

test("no version learns from forms that it is measured on, nor from the same picture twice", async () => {
  const { learned, typed, measured } = await readScannedDigits();
  expect([learned.length, typed.length, measured.length]).toEqual([1080, 478, 239]);
  const pictures = [...learned, ...typed, ...measured].map(({ pixels }) => pixels.join());
  expect(new Set(pictures).size).toBe(pictures.length);
  const scanned = [...typed, ...measured].map((form) => doubled(form).pixels.join());
  expect(scanned.filter((picture) => new Set(pictures).has(picture))).toEqual([]);
});

test("the replaced scanner doubles each stroke within its row, and the broken one loses a line", () => {
  expect(rowOf(doubled(stroke), 0)).toEqual([0, 0, 0, 16, 0, 16, 9, 0]);
  expect(rowOf(doubled(stroke), 7)).toEqual([0, 0, 0, 16, 0, 16, 9, 0]);
  expect(rowOf(withDeadLine(stroke), 4)).toEqual([0, 0, 0, 0, 0, 0, 9, 0]);
});

test("a table holds the pixels of requests, in an order of its own", () => {
  const other = { ...stroke, digit: 7 };
  expect(tableOf([stroke, other])).toEqual(tableOf([other, stroke]));
  const [head, line] = tableOf([stroke]).toString().split("\n");
  expect(head).toBe("digit,image");
  expect(JSON.parse(line?.slice(3, -1) ?? "")).toEqual(requestOf(stroke).inputs[0]?.data);
});

test("keeps the newest forms that have been typed in", () => {
  const forms = new NewestForms({ size: 2, delayMs: 10 });
  const digitsAt = (now: number) => forms.known(now).map(({ digit }) => digit);
  for (const digit of [1, 2, 3, 4]) forms.add({ ...stroke, digit }, digit * 10);
  expect(digitsAt(15)).toEqual([]);
  expect(digitsAt(20)).toEqual([1]);
  expect(digitsAt(40)).toEqual([2, 3]);
  expect(digitsAt(1_000)).toEqual([3, 4]);
});
