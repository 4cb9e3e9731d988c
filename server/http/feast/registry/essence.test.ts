import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { encode, withField } from "../messages.ts";
import { storedIfSame } from "./essence.ts";

const plain = encode("OnDemandViewSpec", { name: "x", tags: {} });
/** Field 4, the map of sources, with a length that is cut off. */
const brokenSpec = withField(plain, 4, Buffer.from([0xff]));
const objectOf = (spec: Uint8Array) => Buffer.from(encode("Described", { spec }));

test("refuses bytes inside a definition that are no message, the first time as well", () => {
  for (const stored of [undefined, objectOf(plain), objectOf(brokenSpec)]) {
    expect(() => storedIfSame("on-demand-view", stored, objectOf(brokenSpec))).toThrow(DomainError);
  }
});

test("takes a stored definition that cannot be read for another one", () => {
  const sent = objectOf(plain);
  expect(storedIfSame("on-demand-view", objectOf(brokenSpec), sent)).toBe(sent);
});
