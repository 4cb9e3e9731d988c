import { expect, test } from "vitest";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { pictureAddress, picturesOf } from "./picture-file.ts";
import { layoutTensors } from "./tensor-table.ts";

const tensor = (name: string, shape: number[], data?: LoggedTensor["data"]): LoggedTensor => ({
  name,
  datatype: "FP32",
  shape,
  ...(data && { data }),
});

test("combines columns of equal length, shaped [rows] or [rows, 1]", () => {
  const [age, town, lost] = [tensor("age", [2], [41, 7]), tensor("town", [2, 1], ["Ulm", "Bonn"]), tensor("lost", [2])];
  const image = tensor("image", [1, 1, 2, 2], [0, 0, 0, 0]);
  expect(layoutTensors([age, town, lost, image])).toEqual({
    table: {
      columns: ["age", "town"],
      rows: [
        [41, "Ulm"],
        [7, "Bonn"],
      ],
      total: 2,
    },
    others: [lost, image],
  });
});

test("lays out a single matrix as a table with column names or numbers", () => {
  const matrix = tensor("x", [2, 2], [1, 2, 3, 4]);
  expect(layoutTensors([matrix], ["a", "b"]).table).toEqual({
    columns: ["a", "b"],
    rows: [
      [1, 2],
      [3, 4],
    ],
    total: 2,
  });
  expect(layoutTensors([matrix], ["a"]).table?.columns).toEqual(["x[0]", "x[1]"]);
  expect(layoutTensors([matrix, { ...matrix, name: "y" }]).table).toBeUndefined();
  expect(layoutTensors([tensor("wide", [1, 41], new Array(41).fill(0))]).table).toBeUndefined();
});

test("returns the total number of rows and the first of them", () => {
  const { table } = layoutTensors([tensor("x", [500], new Array(500).fill(1))]);
  expect([table?.rows.length, table?.total]).toEqual([50, 500]);
});

test("recognises a picture by its first bytes", () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]).toString("base64");
  expect(pictureAddress(png)).toBe(`data:image/png;base64,${png}`);
  expect(pictureAddress(Buffer.from("hello").toString("base64"))).toBeUndefined();
  expect(pictureAddress(`${png}"onload=x`)).toBeUndefined();
  const files = { ...tensor("picture", [2], [png, png]), datatype: "BYTES", encoding: "base64" as const };
  expect(picturesOf(files)).toHaveLength(2);
  expect(picturesOf({ ...files, data: [png, "aGVsbG8="] })).toEqual([]);
});
