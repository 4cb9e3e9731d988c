import { expect, test } from "vitest";
import { servedRolloutOf } from "../../../testing/fixtures/serving/rollout/testing.ts";
import { Ledger } from "../../rollout/ledger.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import { startAssigned } from "./start-assigned.ts";

type Mode = { kind?: "thread" | "process"; isSettled?: boolean };

const running = (state: Mode) => ({ state: "ready", opened: { pool: { state } } }) as unknown as LoadedModel;

/** Returns whether a slow response counts while the versions run in these modes. */
function countsTimes(serving: Mode, other: Mode): boolean {
  const rollout = servedRolloutOf({ metrics: ["slow"] });
  const ledger = new Ledger("workspace", rollout);
  const choice = { version: running(other), arm: "canary" as const, isRandomised: true, unit: "" };
  const endpoint = { serving: running(serving), other: running(other) };
  const by = { requestId: "r", callerId: "token", headers: {} };
  const assigned = startAssigned(ledger, rollout, choice, endpoint, by, 0);
  assigned.end(200, 900, () => undefined, 900);
  ledger.advance(Number.POSITIVE_INFINITY);
  expect(ledger.rows.all.find(({ metric }) => metric === "errors")?.units).toBe(1);
  return ledger.rows.all.some(({ metric, events }) => metric === "slow" && events === 1);
}

const threads: Mode = { kind: "thread", isSettled: true };
const untrusted: Mode = { kind: "process", isSettled: false };

test.each<[string, Mode, Mode, boolean]>([
  ["the new version is not trusted yet", threads, untrusted, false],
  ["it moves to threads", threads, { kind: "thread", isSettled: false }, false],
  ["it is trusted", threads, threads, true],
  ["neither is trusted, as after a restart", untrusted, untrusted, true],
  ["it stays in a process", threads, { kind: "process", isSettled: true }, true],
  ["both run on an engine", {}, {}, true],
])("compares times only in a mode that lasts or is the same: %s", (_, serving, other, expected) => {
  expect(countsTimes(serving, other)).toBe(expected);
});
