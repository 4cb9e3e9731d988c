import { expect, test } from "vitest";
import { parseLine } from "./journal-line.ts";

test("reads the lines of a journal, and those of earlier releases", () => {
  const key = { workspaceId: "w", endpointId: "e", versionId: "v", arm: "stable" };
  expect(parseLine(`k 3 ${JSON.stringify({ ...key, provider: "remote triton", machine: "m" })}`)).toEqual({
    kind: "key",
    index: "3",
    key: { ...key, provider: "remote triton" },
    machine: "m",
  });
  expect(parseLine(`k 3 ${JSON.stringify(key)}`)).toMatchObject({ key: { provider: "none" }, machine: undefined });
  expect(parseLine("r 0 200 2 12.000 1.000 10.000 4.000")).toMatchObject({ observation: { rows: 2, deviceMs: 4 } });
  expect(parseLine("r 0 200 2 12.000 1.000 10.000")).toMatchObject({ observation: { computeMs: 10, deviceMs: 0 } });
  expect(parseLine('r 0 200 2 12.000 1.000 10.000 4.000 {"sharedBy":"cache"}')).toMatchObject({
    observation: { sharedBy: "cache" },
  });
  expect(parseLine("l 0 null")).toEqual({ kind: "limits", index: "0", limits: undefined });
  expect(parseLine("s 0")).toEqual({ kind: "sampled", index: "0" });
  expect(parseLine(`a ${JSON.stringify({ ...key, requests: 3 })}`)).toMatchObject({ counts: { requests: 3 } });
});

test.each([
  ["two halves of lines", "r 0 200 2 12.0r 0 200 2 12.000 1.000 10.000 4.000"],
  ["a number that is none", "r 0 200 2 NaN 1.000 10.000 4.000"],
  ["too few numbers", "r 0 200 2"],
  ["too many numbers", "r 0 200 2 1.000 1.000 10.000 4.000 1.000"],
  ["rare properties that end too early", 'r 0 200 2 12.000 1.000 10.000 4.000 {"sharedBy":"ca'],
  ["counts that are null", 'a {"workspaceId":"w","endpointId":"e","versionId":"v","arm":"stable","latencySumMs":null}'],
  ["a key without an endpoint", 'k 0 {"workspaceId":"w","versionId":"v","arm":"stable"}'],
  ["bytes of an unwritten page", "\0\0\0\0"],
  ["an empty line", ""],
  ["limits that are none", "l 0 12"],
])("rejects %s", (_, line) => {
  expect(parseLine(line)).toBeUndefined();
});
