import { expect, test } from "vitest";
import type { LookUpStatus, StoreValue } from "#server/develop/features/contract.ts";
import type { FoundFeature } from "#server/develop/features/pinned/answer-pinned.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import type { ValuePolicy } from "#server/develop/registry/pipeline/features-part.ts";
import { decideValues, typicalCell } from "./decide-values.ts";

function found(values: StoreValue[], statuses: LookUpStatus[], sources: ("asked" | undefined)[] = []): FoundFeature {
  const rows = values.map(() => null);
  const view = {
    viewId: "",
    view: "v",
    number: 1,
    version: 1,
    ttlUs: null,
    eventAt: rows,
    createdAt: rows,
    ageUs: rows,
    keys: values.map(() => Buffer.alloc(8)),
    sources: values.map((_, row) => (row in sources ? sources[row] : "asked")),
  };
  return { values, statuses, view };
}

// Present, too old, null, never written, and one that did not arrive in time.
const statuses: LookUpStatus[] = ["PRESENT", "OUTSIDE_MAX_AGE", "NULL_VALUE", "NOT_FOUND", "NOT_FOUND"];
const mixed = found([1, 2, null, null, null], statuses, ["asked", "asked", "asked", "asked", undefined]);
const all = (policy: ValuePolicy) => ({ stale: policy, missing: policy, unknown: policy });
const decide = (policy: ReturnType<typeof all>, imputed?: number, datatype: Datatype = "FP64") =>
  decideValues(mixed, 5, { policy, datatype, imputed: () => imputed });

test("imputes what does not count", () => {
  expect(decide(all("impute"), 9)).toEqual({
    cells: [1, 9, 9, 9, 9],
    sources: ["store", "imputed", "imputed", "imputed", "imputed"],
    refused: undefined,
  });
});

test("lets values pass: a stale one as it is, none as NaN or an empty text", () => {
  expect(decide(all("flag"))).toEqual({
    cells: [1, 2, "NaN", "NaN", "NaN"],
    sources: ["store", "store", "store", "store", "store"],
    refused: undefined,
  });
  const text = found([null], ["NULL_VALUE"]);
  expect(decideValues(text, 1, { policy: all("flag"), datatype: "BYTES", imputed: () => undefined }).cells).toEqual([
    "",
  ]);
});

test("rejects the first value that the policy does not accept, and says why it does not count", () => {
  const imputes = all("impute");
  expect(decide({ ...imputes, stale: "reject" }, 9).refused).toEqual({ lack: "stale", row: 1, hasNoDefault: false });
  expect(decide({ ...imputes, missing: "reject" }, 9).refused).toEqual({
    lack: "missing",
    row: 2,
    hasNoDefault: false,
  });
  expect(decide({ ...imputes, unknown: "reject" }, 9).refused).toEqual({
    lack: "unknown",
    row: 3,
    hasNoDefault: false,
  });
});

test("counts a row that did not arrive in time as missing, and not as a key that was never written", () => {
  const late = found([null], ["NOT_FOUND"], [undefined]);
  const policy = { ...all("flag"), missing: "reject" as const };
  expect(decideValues(late, 1, { policy, datatype: "FP32", imputed: () => undefined }).refused?.lack).toBe("missing");
  expect(decideValues(undefined, 1, { policy, datatype: "FP32", imputed: () => undefined }).refused?.lack).toBe(
    "missing",
  );
});

test("rejects what it should impute if there is nothing to impute", () => {
  expect(decide(all("impute")).refused).toEqual({ lack: "stale", row: 1, hasNoDefault: true });
});

test("accepts a computed value without a row", () => {
  const computed = found([3], ["PRESENT"], [undefined]);
  expect(decideValues(computed, 1, { policy: all("reject"), datatype: "FP64", imputed: () => undefined }).refused).toBe(
    undefined,
  );
});

test("writes values as requests have them", () => {
  const cellsOf = (value: StoreValue, datatype: Datatype) =>
    decideValues(found([value], ["PRESENT"]), 1, { policy: all("reject"), datatype, imputed: () => undefined }).cells;
  expect(cellsOf(2n ** 60n, "INT64")).toEqual([String(2n ** 60n)]);
  expect(cellsOf(7n, "INT64")).toEqual([7]);
  expect(cellsOf(7n, "FP32")).toEqual([7]);
  expect(cellsOf(Number.NaN, "FP64")).toEqual(["NaN"]);
  expect(cellsOf(true, "BOOL")).toEqual([true]);
});

test("decides on a value that the datatype cannot have as on a missing one", () => {
  const tooLarge = (policy: ReturnType<typeof all>, status: LookUpStatus = "PRESENT") =>
    decideValues(found([1e300], [status]), 1, { policy, datatype: "FP32", imputed: () => 9 });
  expect(tooLarge(all("reject")).refused).toEqual({ lack: "misfit", row: 0, hasNoDefault: false });
  expect(tooLarge(all("impute"))).toEqual({ cells: [9], sources: ["imputed"], refused: undefined });
  expect(tooLarge(all("flag"))).toEqual({ cells: ["NaN"], sources: ["store"], refused: undefined });
  // One that is not used does not have to fit.
  const refusesMissing = { ...all("impute"), missing: "reject" as const };
  expect(tooLarge(refusesMissing, "OUTSIDE_MAX_AGE").cells).toEqual([9]);
  expect(tooLarge({ ...refusesMissing, stale: "flag" }, "OUTSIDE_MAX_AGE").refused?.lack).toBe("misfit");
  const text = { policy: all("reject"), datatype: "BYTES" as const, imputed: () => undefined };
  expect(decideValues(found(["a\0b"], ["PRESENT"]), 1, text).refused?.lack).toBe("misfit");
});

test("converts a reference's typical value to the datatype of a column", () => {
  expect(typicalCell(2.5, "INT64")).toBe(3);
  expect(typicalCell("true", "BOOL")).toBe(true);
  expect(typicalCell("red", "BYTES")).toBe("red");
  expect(typicalCell("red", "FP32")).toBe(undefined);
});
