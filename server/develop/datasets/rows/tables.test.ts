import { Readable } from "node:stream";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { csvTable } from "./csv-rows.ts";
import { digestOf, MultisetHash } from "./multiset-hash.ts";
import { parquetTable } from "./parquet-rows.ts";
import { rowHasher } from "./row-hash.ts";
import { type Row, type Table, UnreadableFile } from "./rows.ts";

const csv = (text: string | Buffer, chunkBytes = 7) => {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return csvTable(Readable.from(chunks));
};

async function rowsOf(table: Table): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  return rows;
}

const parquet = (bytes: ArrayBuffer) => parquetTable(bytes.byteLength, async (start, end) => bytes.slice(start, end));

async function contentHash(table: Table): Promise<string> {
  const hash = new MultisetHash();
  const hasher = rowHasher(table.columns);
  for await (const { values } of table.rows) hash.add(hasher(values));
  return hash.digest(table.columns);
}

async function problemOf(text: string | Buffer): Promise<UnreadableFile> {
  try {
    await rowsOf(await csv(text, 64));
  } catch (error) {
    if (error instanceof UnreadableFile) return error;
    throw error;
  }
  throw new Error("The file was read.");
}

describe("CSV file", () => {
  test("returns rows with their first line number", async () => {
    const { columns, rows } = await csv('\uFEFFid;name\r\n1;"a\r\nb"\r\n\r\n2;""\r\n3;c');
    expect(columns).toEqual(["id", "name"]);
    const read = await rowsOf({ columns, rows });
    expect(read.map(({ at, values }) => [at, ...values.map((value) => value?.text)])).toEqual([
      [2, "1", "a\r\nb"],
      [5, "2", undefined],
      [6, "3", "c"],
    ]);
  });

  test("detects the delimiter whatever part of the first line arrives first", async () => {
    expect((await csv("a,x;b;c;d\n1;2;3;4\n", 4)).columns).toEqual(["a,x", "b", "c", "d"]);
  });

  test.each([3, 1 << 16])(
    "ends rows at both kinds of line ends in one file, in chunks of %s bytes",
    async (chunkBytes) => {
      for (const text of ["a,b\r\n1,2\n3,4\r\n5,6\n", "a,b\n1,2\r\n3,4\n5,6\r\n"]) {
        const read = await rowsOf(await csv(text, chunkBytes));
        expect(read.map(({ at, values }) => [at, ...values.map((value) => value?.number)])).toEqual([
          [2, 1, 2],
          [3, 3, 4],
          [4, 5, 6],
        ]);
      }
    },
  );

  test("keeps a byte order mark that is not at the start of the file", async () => {
    const [row] = await rowsOf(await csv("\uFEFFa,b\n\uFEFFx,y\n", 1 << 16));
    expect(row?.values.map((value) => value?.text)).toEqual(["\uFEFFx", "y"]);
  });

  test("names the index column of a data frame", async () => {
    expect((await csv(",a\n0,1\n")).columns).toEqual(["column 1", "a"]);
  });

  test.each([
    ["", 1, undefined, "empty"],
    ["a,b\n1,2\n3\n", 3, "b", "Line 3 has 1 fields; the header has 2"],
    ["a,b\n1,2\n3,4,5\n", 3, undefined, "Line 3 has 3 fields"],
    ['a,b\n1,"2\n3,4\n', undefined, "b", "never closed"],
    ['a,b\n1,"x"y\n', 2, "b", 'line 2, column "b"'],
    ["a,a\n1,2\n", 1, "a", 'Duplicate column name "a"'],
  ] as const)("rejects %j with line %s and column %s", async (text, line, column, words) => {
    const problem = await problemOf(text);
    expect(problem.message).toContain(words);
    if (line !== undefined) expect(problem.line).toBe(line);
    expect(problem.column).toBe(column);
  });

  test.each([7, 1 << 16])("returns the rows before a rejected one, in chunks of %s bytes", async (chunkBytes) => {
    const rows: Row[] = [];
    const table = await csv('a,b\n1,2\n3,4\n5,"x"y\n6,7\n', chunkBytes);
    const reading = (async () => {
      for await (const row of table.rows) rows.push(row);
    })();
    await expect(reading).rejects.toMatchObject({ line: 4, column: "b" });
    expect(table.columns).toEqual(["a", "b"]);
    expect(rows.map(({ at }) => at)).toEqual([2, 3]);
  });

  test("rejects duplicate column names, whatever follows", async () => {
    await expect(csv('a,a\n1,"x"y\n', 1 << 16)).rejects.toThrow('Duplicate column name "a"');
  });

  test("counts lines inside quotation marks once for errors after them", async () => {
    expect(await problemOf('a,b\r\n1,"x\r\ny"\r\n1\r\n')).toMatchObject({ line: 4, column: "b" });
  });

  test("rejects another encoding with the line", async () => {
    const problem = await problemOf(Buffer.concat([Buffer.from("a\nx\n"), Buffer.from([0xe9, 0x0a])]));
    expect(problem).toMatchObject({ line: 3, message: expect.stringContaining("not valid UTF-8") });
  });
});

describe("content hash", () => {
  const rows = [
    ["LH", 12.5, true, "2026-05-01"],
    ["BA", 3, false, "2026-05-02"],
    ["BA", 3, false, "2026-05-02"],
    ["AF", null, null, null],
  ];
  const asCsv = (list: typeof rows) => `carrier,delay,late,day\n${list.map((row) => row.join(",")).join("\n")}\n`;

  test("is independent of the order of rows and columns", async () => {
    const hash = await contentHash(await csv(asCsv(rows)));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf(hash)).toHaveLength(16);
    expect(await contentHash(await csv(asCsv(rows.toReversed())))).toBe(hash);
    const turned = `day,late,delay,carrier\n${rows.map((row) => row.toReversed().join(",")).join("\n")}`;
    expect(await contentHash(await csv(turned))).toBe(hash);
  });

  test("is the same for CSV and Parquet, whatever the column types", async () => {
    const column = (index: number) => rows.map((row) => row[index] ?? null);
    const day = column(3).map((text) => (typeof text === "string" ? new Date(text) : null));
    const single = parquetWriteBuffer({
      columnData: [
        { name: "carrier", data: column(0), type: "STRING" },
        { name: "delay", data: column(1), type: "FLOAT" },
        { name: "late", data: column(2), type: "BOOLEAN" },
        { name: "day", data: day, type: "TIMESTAMP" },
      ],
      rowGroupSize: 3,
    });
    const texts = parquetWriteBuffer({
      columnData: [
        { name: "delay", data: column(1).map((value) => (value === null ? null : String(value))), type: "STRING" },
        { name: "carrier", data: column(0), type: "STRING" },
        { name: "late", data: column(2), type: "BOOLEAN" },
        { name: "day", data: column(3), type: "STRING" },
      ],
    });
    const hash = await contentHash(await csv(asCsv(rows)));
    expect(await contentHash(await parquet(single))).toBe(hash);
    expect(await contentHash(await parquet(texts))).toBe(hash);
  });

  test("changes with a value, a name, a missing row and a duplicate row", async () => {
    const text = asCsv(rows);
    const changed = [
      text.replace("12.5", "12.6"),
      text.replace("delay", "delays"),
      asCsv(rows.slice(0, 3)),
      asCsv([...rows, ...rows.slice(0, 1)]),
      text.replace("AF,,", "AF,0,"),
    ];
    const hashes = await Promise.all([text, ...changed].map(async (each) => contentHash(await csv(each))));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("separates cells: a,bc differs from ab,c", async () => {
    expect(await contentHash(await csv("x,y\na,bc\n"))).not.toBe(await contentHash(await csv("x,y\nab,c\n")));
  });
});

describe("content hash of Parquet files", () => {
  type Schema = NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]>;
  const hashOf = async (schema: Schema, ...columns: [name: string, data: unknown[]][]) => {
    const columnData = columns.map(([name, data]) => ({ name, data }));
    const root = { name: "root", num_children: columns.length };
    return contentHash(await parquet(parquetWriteBuffer({ columnData, schema: [root, ...schema] })));
  };
  const list = (element: Schema[number]): Schema => [
    { name: "x", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { ...element, name: "element", repetition_type: "OPTIONAL" },
  ];
  const decimal = (scale: number): Schema[number] => ({
    name: "x",
    type: "FIXED_LEN_BYTE_ARRAY",
    type_length: 16,
    repetition_type: "OPTIONAL",
    converted_type: "DECIMAL",
    precision: 38,
    scale,
  });
  const binary: Schema[number] = { name: "x", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" };

  test("equals that of a CSV file for decimals, exactly", async () => {
    const text = await contentHash(await csv("x\n0.70\n-12345678901234567890.01\n\n3\n"));
    expect(await hashOf([decimal(2)], ["x", [70n, -1234567890123456789001n, 300n]])).toBe(text);
  });

  test.each([
    ["decimals", [decimal(2)], [1234567890123456789001n], [1234567890123456789002n]],
    ["binary values", [binary], [Uint8Array.of(0xff)], [Uint8Array.of(0xfe)]],
    ["invalid texts", [{ ...binary, converted_type: "UTF8" }], [Uint8Array.of(0xff)], [Uint8Array.of(0xfe)]],
    ["NaN and null in a list", list({ name: "", type: "DOUBLE" }), [[Number.NaN]], [[null]]],
    ["infinities in a list", list({ name: "", type: "DOUBLE" }), [[Infinity]], [[-Infinity]]],
    ["decimals in a list", list(decimal(2)), [[1234567890123456789001n]], [[1234567890123456789002n]]],
    ["bytes in a list", list(binary), [[Uint8Array.of(0xff)]], [[Uint8Array.of(0xfe)]]],
  ] satisfies [string, Schema, unknown[], unknown[]][])("distinguishes %s", async (_, schema, one, other) => {
    expect(await hashOf(schema, ["x", one])).not.toBe(await hashOf(schema, ["x", other]));
  });

  test("distinguishes doubles in a column named like a single-precision field elsewhere", async () => {
    const schema: Schema = [
      { name: "x", type: "DOUBLE", repetition_type: "OPTIONAL" },
      { name: "s", repetition_type: "OPTIONAL", num_children: 1 },
      { name: "x", type: "FLOAT", repetition_type: "OPTIONAL" },
    ];
    const of = (x: number) => hashOf(schema, ["x", [x]], ["s", [{ x: 1 }]]);
    expect(await of(0.123456789)).not.toBe(await of(Math.fround(0.123456789)));
  });

  test("is the same for lists of numbers in single and double precision", async () => {
    const single = await hashOf(list({ name: "", type: "FLOAT" }), ["x", [[0.1, 2.5]]]);
    expect(single).toBe(await hashOf(list({ name: "", type: "DOUBLE" }), ["x", [[0.1, 2.5]]]));
  });
});

describe("Parquet file", () => {
  test("returns numbered rows across row groups", async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: "n", data: [1, 2, 3, 4, 5] }], rowGroupSize: 2 });
    const read = await rowsOf(await parquet(bytes));
    expect(read.map(({ at, values }) => [at, values[0]?.number])).toEqual([1, 2, 3, 4, 5].map((n) => [n, n]));
  });

  test("rejects a truncated or invalid file", async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: "n", data: [1, 2, 3] }] });
    await expect(parquet(Buffer.from("a,b\n1,2\n").buffer as ArrayBuffer)).rejects.toThrow(UnreadableFile);
    await expect(parquet(bytes.slice(0, bytes.byteLength - 10))).rejects.toThrow("Not a valid Parquet file");
  });
});
