import { expect, test } from "vitest";
import type { GateSetting } from "../policy/contract.ts";
import type { GateVerdict, GateWaiver } from "./contract.ts";
import { type ComparedRun, isClear, lineOf } from "./gate-status.ts";

const setting: GateSetting = { kind: "signature" };
const at = new Date("2026-05-08T12:00:00Z");
const files = { version: "a", champion: "b" };
const now = { baselineVersionId: "v1", isChampion: false, files, at };

const run = (verdict: GateVerdict, more: Partial<ComparedRun> = {}): ComparedRun => ({
  id: 1,
  gate: "signature",
  verdict,
  words: "",
  measured: null,
  limit: null,
  evidence: { better: null, scale: "number", interval: null, method: null, facts: [] },
  settings: setting,
  baselineVersion: 1,
  baselineVersionId: "v1",
  actorName: "Leeway",
  at,
  ...more,
});
const waiver = (until: string): GateWaiver => ({
  gate: "signature",
  reason: "known",
  until: new Date(until),
  actorName: "Ada",
  at,
});
const status = (...args: Parameters<typeof lineOf>) => lineOf(...args).standing;

test("returns the last verdict while its inputs are unchanged", () => {
  expect(status(setting, undefined, undefined, now)).toBe("not-run");
  for (const verdict of ["passed", "failed", "pending"] as const) {
    expect(status(setting, run(verdict), undefined, now)).toBe(verdict);
  }
});

test("returns stale for another champion or other settings", () => {
  expect(status(setting, run("passed"), undefined, { ...now, baselineVersionId: "v2" })).toBe("stale");
  expect(status(setting, run("passed"), undefined, { ...now, baselineVersionId: null })).toBe("stale");
  expect(status(setting, run("passed", { settings: { kind: "metadata" } }), undefined, now)).toBe("stale");
});

test("returns stale for another file of the version or of the champion, where the evidence is about files", () => {
  const evidence = { ...run("passed").evidence, files };
  const about = run("passed", { evidence });
  expect(status(setting, about, undefined, now)).toBe("passed");
  expect(status(setting, about, undefined, { ...now, files: { ...files, version: "c" } })).toBe("stale");
  expect(status(setting, about, undefined, { ...now, files: { ...files, champion: "c" } })).toBe("stale");
  expect(status(setting, run("passed"), undefined, { ...now, files: { ...files, version: "c" } })).toBe("passed");
  const later = { ...now, isChampion: true, baselineVersionId: null, files: { version: "a", champion: null } };
  expect(status(setting, about, undefined, later)).toBe("passed");
});

test("keeps the verdict of a version that became champion", () => {
  expect(status(setting, run("passed"), undefined, { baselineVersionId: null, isChampion: true, files, at })).toBe(
    "passed",
  );
});

test("applies a waiver to failed and pending gates until it expires, but not to stale ones", () => {
  const good = waiver("2026-05-09T12:00:00Z");
  expect(lineOf(setting, run("failed"), good, now)).toMatchObject({ standing: "waived", waiver: { actorName: "Ada" } });
  expect(status(setting, run("pending"), good, now)).toBe("waived");
  expect(status(setting, run("failed"), waiver("2026-05-08T12:00:00Z"), now)).toBe("failed");
  expect(status(setting, run("failed", { baselineVersionId: "v0" }), good, now)).toBe("stale");
  expect(lineOf(setting, run("passed"), good, now)).toMatchObject({ standing: "passed", waiver: null });
});

test("is clear if every gate passed or is waived", () => {
  const passed = lineOf(setting, run("passed"), undefined, now);
  const waived = lineOf(setting, run("failed"), waiver("2026-06-01T00:00:00Z"), now);
  expect(isClear([])).toBe(true);
  expect(isClear([passed, waived])).toBe(true);
  expect(isClear([passed, lineOf(setting, undefined, undefined, now)])).toBe(false);
});
