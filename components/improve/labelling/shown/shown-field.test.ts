import { expect, test } from "vitest";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import { hiddenColumns, withShownField } from "./shown-field.ts";

const row: ShownObject = { name: "row", kind: "row", field: "row" };
const image: ShownObject = { name: "image", kind: "image", field: "scan" };
const hiddenFields = ["card", "scan"];

test("a column that was hidden becomes part of the row, wherever the row is", () => {
  const shown = { field: "card", value: "4242" };
  expect(withShownField({ data: { row: { city: "Lund" } }, hiddenFields }, [row, image], shown)).toEqual({
    data: { row: { city: "Lund", card: "4242" } },
    hiddenFields: ["scan"],
  });
  expect(withShownField({ data: { city: "Lund" }, hiddenFields }, [row], shown).data).toEqual({
    city: "Lund",
    card: "4242",
  });
});

test("a picture that was hidden becomes a thing of its own", () => {
  const value = { artifact: "a", mimeType: "image/png", sizeBytes: 3 };
  const task = { data: { row: { city: "Lund" } }, hiddenFields };
  expect(withShownField(task, [row, image], { field: "scan", value })).toEqual({
    data: { row: { city: "Lund" }, scan: value },
    hiddenFields: ["card"],
  });
  expect(hiddenColumns(hiddenFields, [row, image])).toEqual(["card"]);
});
