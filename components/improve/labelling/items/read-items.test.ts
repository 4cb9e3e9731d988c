import { describe, expect, test } from "vitest";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import { readJsonItems, toItems } from "./read-items.ts";

const image: ShownObject[] = [{ name: "image", kind: "image", field: "image" }];

describe("items of a file", () => {
  test("are read from a list, from lines, and from tasks of Label Studio", () => {
    const items = [
      { item: expect.stringMatching(/^a\.json#1 [0-9a-f]{8}$/), data: { image: "x" } },
      { item: expect.stringMatching(/^a\.json#2 [0-9a-f]{8}$/), data: { image: "y", depot: 7 } },
    ];
    const rows = [{ image: "x" }, { data: { image: "y", depot: 7 }, annotations: [] }];
    expect(readJsonItems(JSON.stringify(rows), "a.json", image)).toEqual({ items });
    expect(readJsonItems(rows.map((row) => JSON.stringify(row)).join("\n"), "a.json", image)).toEqual({ items });
  });

  test.each([
    ["[{", "The file is not valid JSON."],
    ['{"image": 1}\nx', "Line 2 is not valid JSON."],
    ["", "a.json contains no items."],
    ["[3]", "Item 1 is not an object of fields."],
    [
      '[{"data": {"image": 1}, "annotations": [{"result": []}]}]',
      "Item 1 has annotations or predictions. Import it with the API to keep them.",
    ],
    ['[{"image": 1}, {"photo": 1}]', "Item 2 has no field “image”, which the project shows."],
  ])("are refused: %j", (text, problem) => {
    expect(readJsonItems(text, "a.json", image)).toEqual({ problem });
  });

  test("have the same ids in the same file, and others in another file of that name", () => {
    const ids = (rows: unknown[]) => {
      const read = toItems(rows, "a.json", image);
      return "items" in read ? read.items.map(({ item }) => item) : [];
    };
    expect(ids([{ image: "x" }])).toEqual(ids([{ image: "x" }]));
    expect(ids([{ image: "x" }])).not.toEqual(ids([{ image: "y" }]));
    // FNV-1a of {"image":"x"}, computed apart.
    expect(ids([{ image: "x" }, { image: "x" }])[1]).toBe("a.json#2 52089b1e");
  });

  test("need no field of their own for a row", () => {
    expect(toItems([{ amount: 3 }], "a.csv", [{ name: "row", kind: "row", field: "row" }])).toEqual({
      items: [{ item: expect.stringMatching(/^a\.csv#1 /), data: { amount: 3 } }],
    });
  });
});
