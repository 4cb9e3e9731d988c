import { expect, test } from "vitest";
import { gateSettings, type ReplayGate } from "../../develop/registry/policy/contract.ts";
import type { RecordedRequest } from "../../serve/model-runs/recorded-requests.ts";
import { ReplayTally } from "../../serve/model-runs/replay-tally.ts";
import { evaluateReplayGate, type ReplaySubject } from "./evaluate-replay-gate.ts";

const subject: ReplaySubject = {
  endpoint: "digits",
  champion: "v2",
  provider: "cpu",
  whyAlone: undefined,
  isItself: false,
};

interface Course {
  requestCount: number;
  other?: number;
  bad?: number;
  /** Latency as a multiple of the champion's. */
  factor?: number;
}

function tallyOf({ requestCount, other = 0, bad = 0, factor = 1 }: Course): ReplayTally {
  const tally = new ReplayTally();
  for (let at = 0; at < requestCount; at += 1) {
    const request = { at: new Date(at), caller: at % 2 ? "a" : "b", requestId: `r${at}` } as RecordedRequest;
    tally.countRequest(request);
    if (at < bad) {
      tally.noteBad("refused", "it wants more");
      continue;
    }
    tally.noteCompared(request, String(at % 10), at - bad < other);
    tally.times.push({ own: factor * (1 + (at % 7) / 10), other: 1 + (at % 7) / 10 });
  }
  return tally;
}

const decisionBasis = (course: Course, gate: Partial<ReplayGate> = {}, where: Partial<ReplaySubject> = {}) =>
  evaluateReplayGate(gateSettings.replay.parse({ kind: "replay", ...gate }), tallyOf(course), { ...subject, ...where });

test("passes when the full interval of different predictions is within the limit", () => {
  const result = decisionBasis({ requestCount: 200, other: 4 });
  expect(result).toMatchObject({ verdict: "passed", measured: 0.02, limit: 0.1 });
  expect(result.words).toBe(
    "none of 200 rejected or invalid; 2.0% different predictions than v2, at most 10.0% allowed; p95 1× that of v2, limit 2×",
  );
});

test("is inconclusive when the interval contains the limit, unless the point estimate decides", () => {
  expect(decisionBasis({ requestCount: 40, other: 3 })).toMatchObject({ verdict: "pending" });
  expect(decisionBasis({ requestCount: 40, other: 3 }, { judge: "point" })).toMatchObject({ verdict: "passed" });
  expect(decisionBasis({ requestCount: 200, other: 60 })).toMatchObject({ verdict: "failed" });
});

test("fails for one rejected request unless the policy allows a share", () => {
  const failed = decisionBasis({ requestCount: 200, bad: 1 });
  expect(failed).toMatchObject({
    verdict: "failed",
    words: expect.stringContaining("1 of 200 rejected, failed or invalid: it wants more"),
  });
  expect(decisionBasis({ requestCount: 200, bad: 1 }, { maxInvalidShare: 0.01 })).toMatchObject({ verdict: "passed" });
});

test("fails above the latency factor, and is inconclusive without a champion to measure against", () => {
  expect(decisionBasis({ requestCount: 200, factor: 3 })).toMatchObject({ verdict: "failed" });
  expect(decisionBasis({ requestCount: 200, factor: 3 }, { maxLatencyRatio: null })).toMatchObject({
    verdict: "passed",
  });
  const alone = evaluateReplayGate(gateSettings.replay.parse({ kind: "replay" }), withoutTimes(200), {
    ...subject,
    whyAlone: "it needs more memory",
  });
  expect(alone).toMatchObject({ verdict: "pending", words: expect.stringContaining("v2 cannot run here: it needs") });
});

test("never passes with fewer than 20 requests", () => {
  expect(decisionBasis({ requestCount: 0 })).toMatchObject({ verdict: "pending", measured: null });
  expect(decisionBasis({ requestCount: 19 })).toMatchObject({ verdict: "pending" });
  expect(decisionBasis({ requestCount: 19, bad: 1 })).toMatchObject({ verdict: "failed" });
});

test("fails a replay that ended early when its errors exceed the limit even of all requests", () => {
  const early = (maxInvalidShare: number) => {
    const tally = tallyOf({ requestCount: 3, bad: 3 });
    tally.ended = "it hung or crashed too often";
    return evaluateReplayGate(gateSettings.replay.parse({ kind: "replay", maxInvalidShare }), tally, subject);
  };
  expect(early(0)).toMatchObject({ verdict: "failed", words: expect.stringContaining("it hung or crashed too often") });
  expect(early(0.1)).toMatchObject({ verdict: "pending" });
});

function withoutTimes(requestCount: number): ReplayTally {
  const tally = tallyOf({ requestCount });
  tally.times.length = 0;
  return tally;
}
