import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { Expectation } from "../contract.ts";
import { buildReport, isComplete } from "./build-report.ts";
import type { GameDayFacts } from "./facts.ts";
import type { ObservedObjective } from "./observe.ts";

const start = Date.UTC(2026, 5, 3, 14);
const at = (minutes: number, seconds = 0) => start + minutes * minuteMs + seconds * 1000;

/** Counts 1,000 requests a minute from 10 minutes before the start, of which a share is bad from one minute to another. */
function observed(more: Partial<ObservedObjective> = {}, [from, to, share] = [1, 15, 0.1]): ObservedObjective {
  const total = new Float64Array(60).fill(1000);
  const good = total.map((count, minute) => (minute - 10 >= from && minute - 10 < to ? count * (1 - share) : count));
  const counts = { start: at(-10), good, total };
  const href = "/slos/postcode-latency";
  return { name: "responses within 80 ms", href, endpoint: "postcode-digits", target: 0.999, counts, ...more };
}

const everything: Expectation[] = [
  { what: "detected", withinSeconds: 180 },
  { what: "notified", withinSeconds: 720 },
  { what: "acknowledged", withinSeconds: 300 },
  { what: "noHarm" },
];
const page = {
  receiver: "Tomasz Wilk",
  channel: "pagerduty",
  turn: "person:1",
  severity: "page",
  title: "PAGE postcode-digits",
  state: "delivered" as const,
  at: at(10, 9),
  reason: "",
  href: "/alerts/groups/1",
};
const fired = {
  at: at(9, 54),
  fingerprint: "a".repeat(16),
  title: "postcode-digits: 10% of requests over 80 ms",
  severity: "page",
  endpoint: "postcode-digits",
  href: `/alerts/${"a".repeat(16)}`,
};

function factsOf(more: Partial<GameDayFacts> = {}): GameDayFacts {
  return {
    fault: { kind: "latency", delayMs: 120, jitterMs: 20 },
    expectations: everything,
    startedAt: start,
    start: "Started at 2.5% on 4 gateways.",
    endedAt: at(15),
    isAborted: false,
    endReason: "",
    now: at(21),
    objectives: [observed()],
    others: [observed({ name: "within 120 ms", endpoint: "parcel-damage" }, [0, 0, 0])],
    fired: [fired],
    otherAlerts: [],
    sent: [page],
    notSent: [],
    acknowledgements: [{ at: at(14, 1), by: "Tomasz Wilk", title: "", href: null }],
    actions: [],
    affected: 1521,
    failed: 0,
    requests: 16_602,
    budgets: [],
    job: null,
    ...more,
  };
}

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const resultsOf = (facts: GameDayFacts) => buildReport(facts).expectations.map(({ result }) => result);

test("detects with a rule that fires before its minute is complete, also if the fault is over before", () => {
  const early = { fired: [{ ...fired, at: at(1, 40) }] };
  const detectedOf = (facts: GameDayFacts) => buildReport(facts).timeline.find(({ what }) => what === "detected");
  expect(detectedOf(factsOf(early))?.seconds).toBe(100);
  const aborted = factsOf({ fired: [{ ...fired, at: at(0, 40) }], isAborted: true, endedAt: at(0, 50) });
  expect(detectedOf(aborted)).toMatchObject({ seconds: 40, words: fired.title });
  expect(resultsOf(aborted)[0]).toBe("met");
});

test("confirms a hypothesis whose expectations were met, in one sentence and with seconds after the start", () => {
  const facts = factsOf();
  const report = buildReport(facts);
  expect(plain(report.sentence)).toBe(
    "On-call was notified after 10 min 9 s and acknowledged 3 min 52 s later. Nothing recovered automatically.",
  );
  expect(report.timeline.map(({ what, seconds }) => [what, seconds])).toEqual([
    ["injected", 0],
    ["detected", 120],
    ["rule-fired", 594],
    ["notified", 609],
    ["acknowledged", 841],
    ["first-action", null],
    ["ended", 900],
    ["steady-again", 1200],
  ]);
  expect(report.expectations).toMatchObject([
    { what: "detected", seconds: 120, result: "met" },
    { what: "notified", seconds: 609, result: "met", evidence: "page to Tomasz Wilk, pagerduty" },
    { what: "acknowledged", seconds: 232, result: "met", evidence: "Tomasz Wilk" },
    { what: "noHarm", seconds: null, result: "met" },
  ]);
  expect(report.isConfirmed).toBe(true);
  expect(isComplete(report, facts)).toBe(true);
});

test("refutes it when nobody was notified, with the reason", () => {
  const facts = factsOf({ fired: [], sent: [], acknowledgements: [], now: at(46) });
  const report = buildReport(facts);
  expect(plain(report.sentence)).toBe("No one was notified: expectation missed. Nothing recovered automatically.");
  expect(report.expectations[1]).toMatchObject({ result: "missed", evidence: "No rule fired." });
  expect(report.expectations[2]).toMatchObject({ result: "missed", evidence: "There was nothing to acknowledge." });
  expect(report.isConfirmed).toBe(false);
  const notSent = { receiver: "on-call", channel: "", state: "not-sent" as const, seconds: null, href: null };
  const silenced = factsOf({ sent: [], notSent: [{ ...notSent, reason: "silenced by Ines" }], now: at(46) });
  expect(buildReport(silenced).expectations[1]).toMatchObject({ evidence: "on-call: silenced by Ines" });
  expect(buildReport(silenced).notifications).toMatchObject([{ state: "not-sent", reason: "silenced by Ines" }]);
});

test("waits for what is still possible, and completes half an hour after the end at the latest", () => {
  const running = factsOf({ endedAt: null, now: at(5), fired: [], sent: [], acknowledgements: [] });
  expect(resultsOf(running)).toEqual(["met", "pending", "pending", "pending"]);
  expect(buildReport(running)).toMatchObject({
    isConfirmed: null,
    sentence: "On-call has not been notified so far.",
  });
  const late = factsOf({ acknowledgements: [], expectations: [{ what: "acknowledged", withinSeconds: 7200 }] });
  expect(resultsOf(late)).toEqual(["pending"]);
  expect(isComplete(buildReport(late), late)).toBe(false);
  const over = { ...late, now: at(45) };
  expect(resultsOf(over)).toEqual(["missed"]);
  expect(isComplete(buildReport(over), over)).toBe(true);
});

test("does not observe without an SLO, nor what an abort left no time for, which neither confirms nor refutes", () => {
  const none = factsOf({ objectives: [], others: [] });
  expect(resultsOf(none)).toEqual(["not-observed", "met", "met", "not-observed"]);
  expect(buildReport(none).isConfirmed).toBe(true);
  const aborted = factsOf({ isAborted: true, endedAt: at(3), now: at(40), fired: [], sent: [], acknowledgements: [] });
  expect(resultsOf(aborted)).toEqual(["met", "not-observed", "not-observed", "met"]);
  expect(plain(buildReport(aborted).sentence)).toContain("Aborted after 3 min.");
  const nothing = factsOf({ objectives: [], expectations: [{ what: "detected", withinSeconds: 60 }] });
  expect(buildReport(nothing).isConfirmed).toBeNull();
});

test("finds recovery while the fault goes on, unless a person brought it about, and harm elsewhere", () => {
  const expectations: Expectation[] = [{ what: "recovered", withinSeconds: 300 }, { what: "noHarm" }];
  const short = { expectations, objectives: [observed({}, [1, 3, 0.1])] };
  const recovered = factsOf(short);
  expect(buildReport(recovered).expectations[0]).toMatchObject({ seconds: 180, result: "met" });
  expect(plain(buildReport(recovered).sentence)).toContain("The endpoint recovered automatically after 3 min.");
  const action = { at: at(2), by: "Ines Duarte", title: "Rolled back", href: null };
  expect(buildReport(factsOf({ ...short, actions: [action] })).expectations[0]).toMatchObject({ result: "missed" });
  const others = [observed({ name: "within 120 ms", endpoint: "parcel-damage" }, [3, 6, 0.05])];
  const harmed = buildReport(factsOf({ ...short, others }));
  expect(harmed.expectations[1]).toMatchObject({
    result: "missed",
    evidence: "parcel-damage: within 120 ms worse than its target",
  });
  expect(harmed.sentence).toContain("Other endpoints were affected.");
  const ticket = { ...fired, endpoint: "parcel-damage", severity: "ticket", title: "slow" };
  expect(buildReport(factsOf({ ...short, otherAlerts: [ticket] })).expectations[1]).toMatchObject({
    result: "missed",
    evidence: 'parcel-damage: ticket "slow"',
  });
});

test("takes one failure of a quiet minute, and an SLI that was worse before, for no effect of the fault", () => {
  const quiet = observed();
  quiet.counts.total.fill(50);
  quiet.counts.good.fill(50);
  quiet.counts.good[12] = 49;
  const only: Expectation[] = [{ what: "detected", withinSeconds: 600 }];
  expect(resultsOf(factsOf({ fired: [], objectives: [quiet], expectations: only }))).toEqual(["missed"]);
  const before = observed({}, [-10, 15, 0.1]);
  expect(buildReport(factsOf({ objectives: [before], expectations: only })).expectations[0]).toMatchObject({
    result: "not-observed",
    evidence: "Every SLI was worse than its target before the start.",
  });
});

test("shows one notification by receiver and channel, and says how a job resumed", () => {
  const again = { ...page, at: at(14) };
  const dead = { ...page, turn: "channel:2", receiver: "#ml-oncall", channel: "slack-bot", state: "failed" as const };
  const report = buildReport(
    factsOf({
      fault: { kind: "job-preempted", job: "tj-1", tearsCheckpoint: false },
      sent: [again, { ...dead, reason: "channel_not_found" }, page],
      job: { lostSteps: 120, resumedSeconds: 95 },
    }),
  );
  expect(report.notifications).toMatchObject([
    { receiver: "Tomasz Wilk", state: "delivered", seconds: 609 },
    { receiver: "#ml-oncall", state: "failed", reason: "channel_not_found" },
  ]);
  expect(plain(report.sentence)).toContain("The job resumed after 1 min 35 s and lost 120 steps.");
});
