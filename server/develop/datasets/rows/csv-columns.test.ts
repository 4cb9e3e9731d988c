import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { csvColumns } from "./csv-columns.ts";
import { csvTable } from "./csv-rows.ts";
import { type Row, UnreadableFile } from "./rows.ts";

const stream = (text: string | Buffer, chunkBytes: number) => {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / chunkBytes);
  return Readable.from(
    Array.from({ length: count }, (_, index) => bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );
};

interface Read {
  columns: string[];
  rows: Row[];
  problem: { message: string; line: number | undefined; column: string | undefined } | undefined;
}

/** Returns a reader's result up to the first rejection. */
async function readBy(read: (into: Read) => Promise<void>): Promise<Read> {
  const into: Read = { columns: [], rows: [], problem: undefined };
  try {
    await read(into);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    into.problem = { message: error.message, line: error.line, column: error.column };
  }
  return into;
}

const byRows = (text: string | Buffer, chunkBytes: number) =>
  readBy(async (into) => {
    const { columns, rows } = await csvTable(stream(text, chunkBytes));
    into.columns = columns;
    for await (const row of rows) into.rows.push(row);
  });

const byColumns = (text: string | Buffer, chunkBytes: number) =>
  readBy(async (into) => {
    const { columns, batches } = await csvColumns(stream(text, chunkBytes));
    into.columns = columns;
    for await (const batch of batches)
      for (let row = 0; row < batch.rows; row += 1)
        into.rows.push({
          at: batch.lines?.[row] ?? batch.at + row,
          values: batch.columns.map(({ cells, value }) => value(cells[row])),
        });
  });

/** Expects equal results, except that rows before a rejected one may be missing. */
async function expectSame(text: string | Buffer, chunkBytes: number) {
  const [rows, columns] = [await byRows(text, 1 << 16), await byColumns(text, chunkBytes)];
  expect(columns.problem).toEqual(rows.problem);
  if (!rows.problem) expect(columns).toEqual(rows);
}

describe("CSV columns and rows", () => {
  test.each([
    "a,b\n1,x\n2,y\n",
    "a,b\n1,x\n2,y",
    "\uFEFFa;b\r\n1;x\r\n\r\n2;\r\n",
    'a,b\n1,"x,y"\n"2","z ""quoted"" z"\n',
    'a,b\n1,"two\nlines"\n2,y\n3,z\n',
    '"a","b"\n"1","x"\n',
    "a\n\n1\n\n2\n",
    "a,b\r\n1,x\n2,y\r\n3,z\n",
    '\uFEFFa,b\n1,2\n\uFEFFx,"two\nlines"\n\uFEFFy,3\n',
    "a,b\n1,x\r\n2,y\n",
    "a\tb\n1\t-0\n01\t1.50\n.5\t5.\n1e3\tinf\n12345678901234567890\t0.1234567890123456789\n",
    "a\n0.12345678901234567890\n1e-400\n0.12345678901234567891\n1.000000000000000056e-01\n",
    "a,b\nNA,true\nnull,2026-05-01\n, x \n123456789012345,1234567890123456\n",
    "ä,ö\nü,ß\n€,😀\n",
    "a\r1\r2\r",
    "a,b\n",
    "a,b",
    "",
    "a,b\n1,2\n3\n4,5\n",
    "a,b\n1,2\n3,4,5\n",
    'a,b\n1,"2\n3,4\n',
    'a,b\n1,x"y\n',
    'a,b\n1,2\n1,"x"y\n',
    "a,a\n1,2\n",
    "a,b\n1,\0\n",
  ])("reads %j by column as by row", async (text) => {
    for (const chunkBytes of [1, 3, 1 << 16]) await expectSame(text, chunkBytes);
  });

  test.each([
    ["a,b\n1,2\n3\n", 3, "b", "Line 3 has 1 fields; the header has 2"],
    ["a,b\n1,2\n3,4,5\n", 3, undefined, "Line 3 has 3 fields; the header has 2"],
    ['a,b\n1,2\n1,"x"y\n', 3, "b", 'line 3, column "b"'],
  ] as const)("rejects %j with line %s and column %s", async (text, line, column, words) => {
    const { problem } = await byColumns(text, 1 << 16);
    expect(problem).toMatchObject({ line, message: expect.stringContaining(words) });
    expect(problem?.column).toBe(column);
  });

  test("reads invalid UTF-8 by column as by row", async () => {
    const bytes = Buffer.concat([Buffer.from("a\nx\ny\n"), Buffer.from([0xe9, 0x0a])]);
    await expectSame(bytes, 1 << 16);
  });

  test("reads 300 files of random pieces by column as by row", async () => {
    const random = seededRandom(8);
    const pieces = [
      "1",
      "-2.5",
      "0",
      "007",
      "",
      "x",
      "ü",
      " 3",
      "1e5",
      '"q"',
      '"a,b"',
      '"c""d"',
      "NA",
      "true",
      '"',
      "\r",
    ];
    const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] as string;
    for (let file = 0; file < 300; file += 1) {
      const usual = pieces.slice(0, file % 3 === 0 ? pieces.length : 14);
      const end = pick(["\n", "\r\n"]);
      const width = 1 + Math.floor(random() * 4);
      const line = () => Array.from({ length: random() < 0.01 ? width + 1 : width }, () => pick(usual)).join(",");
      const header = Array.from({ length: width }, (_, index) => `c${index}`).join(",");
      await expectSame([header, ...Array.from({ length: 20 }, line)].join(end), 1 + Math.floor(random() * 200));
    }
  });

  test("reads more rows than a batch by column as by row", async () => {
    const random = seededRandom(2);
    const lines = Array.from({ length: 20_000 }, (_, row) => `${row},${(random() * 100).toFixed(3)},w${row % 977}`);
    lines[15_000] = "text,,";
    await expectSame(["n,x,w", ...lines].join("\n"), 1 << 16);
  });
});
