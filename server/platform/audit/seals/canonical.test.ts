import { expect, test } from "vitest";
import { canonicalEntry, digestOf, type SealedEntry, sealHash } from "./canonical.ts";

const entry: SealedEntry = {
  id: 42,
  workspaceId: "0b7f7c52-3d0e-4f5e-9d55-8a4f3c1d2e6b",
  at: "2026-05-08T12:00:00.123456Z",
  actorKind: "user",
  actorId: "2f1c7a34-6f0b-4b69-8a5c-0d9e8f7a6b5c",
  actorName: "Inês Duarte",
  action: "version.deployed",
  subject: "endpoint/digits",
  before: null,
  after: '{"a": 1.50, "version": 3, "reason": "\\"quoted\\""}',
  reason: 'line\nbreak and "quotes"',
  address: "192.0.2.1",
};

// Golden vectors: seals of older releases stay verifiable only as long as these pass.
test("writes the canonical form of an entry in format 1 byte by byte", () => {
  expect(canonicalEntry(entry, 1)).toBe(
    '["leeway-audit-entry",1,42,"0b7f7c52-3d0e-4f5e-9d55-8a4f3c1d2e6b","2026-05-08T12:00:00.123456Z","user",' +
      '"2f1c7a34-6f0b-4b69-8a5c-0d9e8f7a6b5c","Inês Duarte","version.deployed","endpoint/digits",null,' +
      '"{\\"a\\": 1.50, \\"version\\": 3, \\"reason\\": \\"\\\\\\"quoted\\\\\\"\\"}",' +
      '"line\\nbreak and \\"quotes\\"","192.0.2.1"]',
  );
  expect(digestOf(entry, 1).toString("hex")).toBe("289f6b1480ff170edac62dc47b46dac5824fe61eaa8fe35d056874f7e11c8f76");
});

test("chains seals of format 1 by the golden hashes", () => {
  const sealedAt = new Date("2026-05-08T12:00:01.000Z");
  const first = sealHash({ number: 1, format: 1, lastId: 42, sealedAt }, null, [42], digestOf(entry, 1));
  expect(first).toBe("1b72ad0e25f50e42ec3ec09075fad7c183060c81189c53ed5992158552e0bcfa");
  const second = sealHash({ number: 2, format: 1, lastId: 43, sealedAt }, first, [43], Buffer.alloc(32, 7));
  expect(second).toBe("30528104343d3d93cc818b40012db0b17244caa6d2765f3fc81b0b0ae764cae8");
});

test("rejects a format of a later release", () => {
  expect(() => canonicalEntry(entry, 2)).toThrow("format 2");
});
