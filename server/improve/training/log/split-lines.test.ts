import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { maxLineBytes, shownText, splitLines } from "./split-lines.ts";

test("numbers lines and says at which byte each begins", () => {
  expect(splitLines(Buffer.from("één\n\ntwo\n"), { start: 100, line: 7 })).toEqual({
    lines: [
      { number: 7, start: 100, text: "één", dropped: 0 },
      { number: 8, start: 106, text: "", dropped: 0 },
      { number: 9, start: 107, text: "two", dropped: 0 },
    ],
    next: 111,
    nextLine: 10,
  });
});

test.each([
  ["a progress bar", "10%\r50%\r100%", "100%"],
  ["a line of Windows", "done\r", "done"],
  ["a bar and the end of a Windows line", "10%\r100%\r", "100%"],
  ["colours", "\x1b[1;32mok\x1b[0m", "ok"],
  ["only a return", "\r", ""],
])("shows %s as a terminal does", (_, line, shown) => {
  expect(shownText(Buffer.from(line))).toBe(shown);
});

test("replaces bytes that are no UTF-8", () => {
  expect(shownText(Buffer.from([0x61, 0xff, 0x62, 0]))).toBe("a\ufffdb\ufffd");
});

test("shows an unfinished line, and begins the next page with it while more may follow", () => {
  const open = splitLines(Buffer.from("a\nhalf"), { start: 0, line: 1 }, { isOpen: true });
  expect(open).toMatchObject({ next: 2, nextLine: 2, lines: [{ text: "a" }, { text: "half", number: 2 }] });
  expect(splitLines(Buffer.from("a\nhalf"), { start: 0, line: 1 })).toMatchObject({ next: 6, nextLine: 2 });
});

test("cuts a long line between characters, into parts of one number", () => {
  const long = `x${"é".repeat(maxLineBytes)}`;
  const { lines, next } = splitLines(Buffer.from(`${long}\nend\n`), { start: 0, line: 1 });
  expect(lines.map(({ number }) => number)).toEqual([1, 1, 1, 2]);
  expect(
    lines
      .slice(0, 3)
      .map(({ text }) => text)
      .join(""),
  ).toBe(long);
  expect(next).toBe(2 * maxLineBytes + 6);
});

test("pages of any size together are the whole", () => {
  const random = seededRandom(5);
  const parts = Array.from({ length: 300 }, () => "abc\r".slice(0, Math.floor(random() * 5)));
  const bytes = Buffer.from(`${parts.join("\n")}\n`);
  const all = splitLines(bytes, { start: 0, line: 1 }).lines;
  for (let limit = 1; limit < 20; limit += 1) {
    const found = [];
    for (let [start, line] = [0, 1]; start < bytes.length; ) {
      const page = splitLines(bytes.subarray(start), { start, line }, { limit });
      found.push(...page.lines);
      [start, line] = [page.next, page.nextLine];
    }
    expect(found).toEqual(all);
  }
});
