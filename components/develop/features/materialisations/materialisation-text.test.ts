import { expect, test } from "vitest";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { describeInput, describeMaterialisation, describeShare, describeTrigger } from "./materialisation-text.ts";

const at = new Date("2026-03-01T12:00:00Z");
const work: Materialisation = {
  id: "0b9f6a5e-3f3c-4f57-8f3d-0f5f5b6a9c11",
  view: "merchant_profile",
  trigger: "request",
  input: { source: "nightly", kind: "dataset", dataset: { id: "x", name: "merchants", digest: "4be10508aa" } },
  fromEventAt: null,
  toEventAt: 1,
  state: "running",
  rowsTotal: 11_400,
  rowsRead: 7_070,
  rowsWritten: 7_000,
  rowsOlder: 0,
  rowsRejected: 70,
  rowsPerSecond: 100,
  secondsLeft: 43.3,
  problem: null,
  createdBy: "mara",
  createdAt: at,
  startedAt: at,
  endedAt: null,
};
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test.each<[Partial<Materialisation>, string]>([
  [{}, "7,070 of 11,400 rows read, 70 rejected, about 44 s left. Look-ups continue meanwhile."],
  [
    { rowsTotal: null, secondsLeft: null, rowsRejected: 0 },
    "7,070 rows read, none rejected. Look-ups continue meanwhile.",
  ],
  [{ state: "done" }, "7,070 rows read: 7,000 became the newest of their keys, 0 were older, 70 rejected."],
  [{ state: "failed", problem: "Too many rows were rejected." }, "Too many rows were rejected."],
  [{ state: "cancelled", rowsRead: 1 }, "Cancelled after 1 row. Rows that were written stay."],
  [{ state: "waiting", problem: "the disk is full" }, "Queued again: the disk is full"],
])("describes a materialisation with %j", (change, text) => {
  expect(plain(describeMaterialisation({ ...work, ...change }))).toBe(text);
});

test("names what is read, who wanted it, and how much is done", () => {
  expect(describeInput(work.input)).toBe("dataset merchants 4be10508");
  expect(describeInput({ source: "s", kind: "sql", connection: "warehouse" })).toBe("warehouse");
  expect(describeTrigger(work)).toBe("by mara");
  expect(describeTrigger({ ...work, trigger: "interval" })).toBe("by schedule");
  expect(describeShare(work)).toBe("62%");
  expect(describeShare({ ...work, rowsTotal: null })).toBe("");
});
