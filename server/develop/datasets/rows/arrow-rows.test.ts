import { Readable } from "node:stream";
import {
  Binary,
  Field,
  Float32,
  List,
  Map_,
  Struct,
  Table,
  TimestampMicrosecond,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { feathers } from "../../../testing/fixtures/datasets/rows/feather-files.ts";
import { arrowTable } from "./arrow-rows.ts";
import type { StoredBytes } from "./arrow-source.ts";
import { UnreadableFile } from "./rows.ts";

/** Returns bytes that are read in chunks with arbitrary boundaries. */
function stored(bytes: Uint8Array, size = 61): StoredBytes {
  const open = async ({ start, end } = { start: 0, end: bytes.length - 1 }) => {
    const part = Buffer.from(bytes).subarray(start, end + 1);
    const chunks = Array.from({ length: Math.ceil(part.length / size) }, (_, index) =>
      part.subarray(index * size, (index + 1) * size),
    );
    return Readable.from(chunks);
  };
  return { sizeBytes: bytes.length, open };
}

async function textsOf(bytes: Uint8Array) {
  const { columns, rows } = await arrowTable(stored(bytes));
  const read: [number, ...(string | null)[]][] = [];
  for await (const { at, values } of rows) read.push([at, ...values.map((value) => value?.text ?? null)]);
  return { columns, rows: read };
}

async function problemOf(bytes: Uint8Array): Promise<UnreadableFile> {
  const error = await textsOf(bytes).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof UnreadableFile) return error;
  throw new Error("The file was read.", { cause: error });
}

const flights = tableFromArrays({
  id: BigInt64Array.from([1n, 9_007_199_254_740_993n]),
  delay: Float32Array.from([0.1, -2]),
  carrier: ["UA", null],
  day: [new Date("2013-01-01"), new Date("2013-02-28")],
});

test.each(["file", "stream"] as const)("reads the rows of an Arrow %s like those of a CSV file", async (kind) => {
  expect(await textsOf(tableToIPC(flights, kind))).toEqual({
    columns: ["id", "delay", "carrier", "day"],
    rows: [
      [1, "1", "0.1", "UA", "2013-01-01T00:00:00.000Z"],
      [2, "9007199254740993", "-2", null, "2013-02-28T00:00:00.000Z"],
    ],
  });
});

test("writes nested values by the types of their leaves", async () => {
  const time = new TimestampMicrosecond();
  const table = new Table({
    floats: vectorFromArray(
      [
        [0.1, Number.NaN],
        [null, 2],
      ],
      new List(new Field("item", new Float32(), true)),
    ),
    times: vectorFromArray([[1_000], [2_000]], new List(new Field("item", time, true))),
    fields: vectorFromArray(
      [{ b: 1, a: "1" }, null],
      new Struct([new Field("b", new Float32(), true), new Field("a", new Utf8(), true)]),
    ),
    map: vectorFromArray(
      [new Map([["k", 0.1]]), new Map([["k", null]])] as never[],
      new Map_(
        new Field(
          "entries",
          new Struct([new Field("key", new Utf8(), false), new Field("value", new Float32(), true)]) as never,
          false,
        ),
      ),
    ),
    bytes: vectorFromArray([Uint8Array.of(255), Buffer.from("x")], new Binary()),
  });
  const { rows } = await textsOf(tableToIPC(table, "file"));
  expect(rows).toEqual([
    [1, "[0.1,NaN]", '["1970-01-01T00:00:01.000Z"]', '{"a":"1","b":1}', '{"k":0.1}', 'base64"/w=="'],
    [2, "[null,2]", '["1970-01-01T00:00:02.000Z"]', null, '{"k":null}', "x"],
  ]);
});

test.each(Object.entries(feathers))("reads a Feather file compressed with %s by pyarrow", async (_, text) => {
  const { columns, rows } = await textsOf(Buffer.from(text, "base64"));
  expect(columns).toEqual(["carrier", "delay"]);
  expect(rows).toHaveLength(32);
  expect(rows.slice(-4)).toEqual([
    [29, "UA", "0.1"],
    [30, "AA", null],
    [31, "UA", "3"],
    [32, null, "-2"],
  ]);
});

test("reports files that are not Arrow, truncated or damaged", async () => {
  expect((await problemOf(Buffer.from("a,b\n1,2\n"))).message).toContain("Not a valid Arrow file or stream");
  expect((await problemOf(Buffer.from("ARROW1"))).message).toContain("too short");
  const packed = Buffer.from(feathers.LZ4, "base64");
  packed.fill(0xff, packed.length / 2 - 40, packed.length / 2 + 40);
  expect((await problemOf(packed)).message).toMatch(/corrupt|Not a valid Arrow/);
});

test("validates column names as in other files", async () => {
  const bytes = tableToIPC(tableFromArrays({ "": [1] }), "stream");
  expect((await problemOf(bytes)).message).toContain("no name");
});
