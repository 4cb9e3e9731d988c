import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { fieldsOf } from "#components/serve/tensors/fields.ts";
import { itemsOfTable } from "./table-items.ts";
import { piecesOf } from "./use-batch.ts";

const inputs = [
  { name: "carrier", datatype: "BYTES" as const, shape: ["N", 1] },
  { name: "x", datatype: "FP32" as const, shape: ["N", 2] },
  { name: "day", datatype: "INT64" as const, shape: ["N", 1] },
];
const fields = fieldsOf({ inputs, metadata: {} });
const values = {
  carrier: { shape: [1, 1], data: ["HA"] },
  x: { shape: [1, 2], data: [0, 0] },
  day: { shape: [1, 1], data: [3] },
};

async function read(file: File) {
  const found = await itemsOfTable(file, inputs, fields, values);
  if ("problem" in found) return found.problem;
  return Promise.all(found.items.map((item) => item.read()));
}
const csv = (text: string) => new File([text], "flights.csv");

test("maps CSV columns to inputs, keeps form values otherwise, and fails only rows with a bad cell", async () => {
  expect(await read(csv('\ufeffx[0],x[1],carrier\n1,2.5,"D, L"\n3,a,AA\n4,,AA\n'))).toEqual([
    {
      inputs: [
        { name: "carrier", shape: [1, 1], datatype: "BYTES", data: ["D, L"] },
        { name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2.5] },
        { name: "day", shape: [1, 1], datatype: "INT64", data: [3] },
      ],
    },
    { problem: 'x[1], "a": Enter a number.' },
    { problem: "x[1] is missing." },
  ]);
});

test("reads a Parquet file the same way", async () => {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "day", data: [5n, 6n], type: "INT64" },
      { name: "carrier", data: ["DL", "AA"], type: "STRING" },
    ],
  });
  const rows = (await read(new File([buffer], "flights.parquet"))) as { inputs: { data: unknown[] }[] }[];
  expect(rows.map((row) => row.inputs.map(({ data }) => data))).toEqual([
    [["DL"], [0, 0], [5]],
    [["AA"], [0, 0], [6]],
  ]);
});

test("rejects files without a table, rows or an input, or with too many rows", async () => {
  expect(await read(csv("a,b\n1,2\n"))).toBe(
    "flights.csv has no column that matches an input. The header must contain input names, such as carrier, x[0], x[1], day.",
  );
  expect(await read(csv("day\n"))).toBe("flights.csv contains no rows.");
  expect(await read(new File(["no parquet"], "a.parquet"))).toMatch(/^Could not read a\.parquet as a table: /);
  expect(await read(csv(`day\n${"1\n".repeat(2001)}`))).toMatch(/^At most 2,000 rows per batch; got 2,001\./);
});

test("sends all items in growing batches", async () => {
  const sources = Array.from({ length: 100 }, (_, at) => ({ name: `row ${at}`, read: async () => ({ problem: "x" }) }));
  const sizes: number[] = [];
  const positions: number[] = [];
  for await (const piece of piecesOf(sources)) {
    sizes.push(piece.length);
    positions.push(...piece.map(({ place: index }) => index));
  }
  expect(sizes).toEqual([1, 2, 4, 8, 16, 32, 32, 5]);
  expect(positions).toEqual(Array.from({ length: 100 }, (_, at) => at));
});
