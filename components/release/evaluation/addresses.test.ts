import { expect, test } from "vitest";
import { evaluationHref, findNamedSet } from "./addresses.ts";

const digest = "9c1d0a4f00112233";

test("names set, version and segment in the address", () => {
  const version = { name: "parcel damage", version: 17 };
  expect(evaluationHref(version)).toBe("/models/parcel%20damage/v17/evaluation");
  const href = evaluationHref(version, "rows", { set: { name: "audit", digest }, base: 15, only: "gained" });
  expect(href).toBe("/models/parcel%20damage/v17/evaluation/rows?set=audit%409c1d0a4f&base=v15&only=gained");
});

test("finds the set of an address by name and beginning of its digest, or the newest of a name", () => {
  const sets = [
    { name: "audit", digest: "ffff" },
    { name: "audit", digest },
    { name: "team@home", digest: "aa" },
  ];
  expect(findNamedSet(sets, "audit@9c1d0a4f")).toBe(sets[1]);
  expect(findNamedSet(sets, "audit")).toBe(sets[0]);
  expect(findNamedSet(sets, "team@home")).toBe(sets[2]);
  expect(findNamedSet(sets, "team@home@aa")).toBe(sets[2]);
  expect(findNamedSet(sets, "audit@0000")).toBeUndefined();
  expect(findNamedSet(sets, undefined)).toBeUndefined();
});
