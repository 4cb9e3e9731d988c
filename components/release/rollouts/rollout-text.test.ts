import { expect, test } from "vitest";
import type { GuardrailFact } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { actionsOf, dialogOf, evidenceLine } from "./act-text.ts";
import { decisionText } from "./decision-text.ts";
import { decisiveFact, describeVerdict } from "./describe-verdict.ts";
import { describeArm, describeLimit, formatDifference, formatFactLimit, formatInterval } from "./guardrail-numbers.ts";
import { describeGuardrail } from "./guardrail-text.ts";
import { describeState, formatWeight, rolloutSentence } from "./rollout-text.ts";
import { sampleEvidence, sampleFact, samplePlan, sampleRollout, startedAt } from "./sample.ts";
import { stepCells } from "./step-text.ts";

const spoken = (text: string) => text.replaceAll("\u00a0", " ");
const now = startedAt + 900_000;

test("states how many guardrails passed and when the next step is expected", () => {
  const passed = [
    sampleEvidence("errors"),
    sampleEvidence("slow", { verdict: "safe", fact: sampleFact({ verdict: "close" }) }),
  ];
  const rollout = sampleRollout({ evidence: { ...sampleRollout().evidence, guardrails: passed } });
  const expected = { ms: 24 * 60_000, waitsFor: "errors reach a verdict" };
  expect(spoken(rolloutSentence(rollout, expected, now))).toBe(
    "No regression. 1 of 2 guardrails has passed; 50% follows in about 24 min, when errors reach a verdict.",
  );
});

test("describes a hold once, as decided", () => {
  const hold = {
    code: "too-little-data",
    words: "Held at 10%: 7 of the 30 labelled requests that it needs.",
    since: 0,
  };
  expect(rolloutSentence(sampleRollout({ hold }), undefined, now)).toBe(hold.words);
});

test("describes the metric, its increase and the served requests after a rollback", () => {
  const fact = sampleFact({ verdict: "regression", words: "errors rose 4×, from 0.43% to 1.72%" });
  const harmful = sampleEvidence("errors", { verdict: "harmful", fact });
  const rollout = sampleRollout({
    phase: "rolled-back",
    weight: 0,
    violatedMetrics: ["errors"],
    evidence: { ...sampleRollout().evidence, guardrails: [harmful] },
  });
  expect(spoken(rolloutSentence(rollout, undefined, now))).toBe(
    "Rolled back to v12 because errors rose 4×, from 0.43% to 1.72%; v14 had served 2,209 requests.",
  );
});

test("names no metric after a manual rollback", () => {
  const rollout = sampleRollout({ phase: "rolled-back", weight: 0 });
  expect(spoken(rolloutSentence(rollout, undefined, now))).toBe("Rolled back to v12; v14 had served 2,209 requests.");
});

test.each([
  [{ phase: "starting" as const, weight: 0 }, "Starting"],
  [{}, "Canary at 25%"],
  [{ isPaused: true }, "Paused at 25%"],
  [{ hold: { code: "inconclusive", words: "Not proved.", since: 0 } }, "On hold at 25%"],
  [{ phase: "watching" as const, weight: 1 }, "Monitoring at 100%"],
  [{ phase: "promoted" as const }, "Promoted"],
  [{ phase: "rolled-back" as const }, "Rolled back"],
])("describes state %#", (change, word) => {
  expect(spoken(describeState(sampleRollout(change)).word)).toBe(word);
});

test("formats weights with as few digits as possible", () => {
  expect([0, 0.0005, 0.005, 0.1, 0.25, 1].map((weight) => spoken(formatWeight(weight)))).toEqual([
    "0%",
    "0.05%",
    "0.5%",
    "10%",
    "25%",
    "100%",
  ]);
});

test("shows earlier steps as finished, the current one as running, and requirements of later ones", () => {
  const spans = [{ step: 0, from: startedAt, to: startedAt + 600_000, units: { stable: 5000, canary: 492 } }];
  const cells = stepCells(sampleRollout(), spans, now);
  expect(cells.map(({ state }) => state)).toEqual(["finished", "running", "not-started", "not-started"]);
  expect(spoken(cells[0]?.detail ?? "")).toBe("492 requests, no regression found");
  expect(spoken(cells[1]?.status ?? "")).toBe("5 min so far");
  expect(cells[1]?.detail).toMatch(/^pending: errors/);
  expect(cells[2]?.status).toBe("");
  const expected = (change: object) => stepCells(sampleRollout(change), spans, now, 24 * 60_000)[2]?.status;
  expect(spoken(expected({}) ?? "")).toBe("In about 24 min");
  expect(expected({ isPaused: true })).toBe("");
});

test("shows steps after a rollback as not reached", () => {
  const spans = [0, 1].map((step) => ({ step, from: startedAt, to: startedAt + 60_000, units: null }));
  const cells = stepCells(sampleRollout({ phase: "rolled-back", weight: 0 }), spans, now);
  expect(cells.map(({ state }) => state)).toEqual(["finished", "rolled-back", "no-data", "no-data"]);
});

test("returns the actions allowed in the state of the rollout", () => {
  const acts = (change: Parameters<typeof sampleRollout>[0]) => actionsOf(sampleRollout(change)).map(({ act }) => act);
  expect(acts({})).toEqual(["pause", "skip", "roll-back"]);
  expect(acts({ isPaused: true })).toEqual(["resume", "skip", "roll-back"]);
  expect(acts({ phase: "watching" })).toEqual(["skip", "roll-back"]);
  const hold = { code: "budget-exhausted", words: "No budget left.", since: 0 };
  expect(acts({ hold })).toEqual(["override", "pause", "skip", "roll-back"]);
  expect(acts({ phase: "promoted" })).toEqual([]);
  const plan = samplePlan({ steps: [{ weight: 0.1 }, { weight: 0.25, needsApproval: true }] });
  expect(acts({ plan })).toEqual(["approve", "pause", "skip", "roll-back"]);
  expect(spoken(actionsOf(sampleRollout({ plan })).find(({ act }) => act === "skip")?.label ?? "")).toBe(
    "Skip to 100%…",
  );
});

test("shows evidence in a dialog even if it contradicts the action", () => {
  expect(spoken(evidenceLine(sampleRollout()))).toBe(
    "v14 violates no guardrail. Closest to a regression: errors are undecided: 0.407% against 0.431%.",
  );
  const dialog = dialogOf("roll-back", sampleRollout());
  expect(dialog.destructive).toBe(true);
  expect(spoken(dialog.cancelLabel)).toBe("Keep v14 at 25%");
});

test("shows the verdict of the fact, and the one fact that matters beside it", () => {
  const guardrail = samplePlan().guardrails[0] as Guardrail;
  const shown = (fact: Parameters<typeof sampleFact>[0], change: object = {}) => {
    const evidence = sampleEvidence("errors", { fact: sampleFact(fact) });
    const status = { phase: "stepping" as const, wasProved: false };
    const names = { stable: "v12", canary: "v14" };
    const context = { ...status, guardrail, provedAt: undefined, expectedMs: undefined, names, ...change };
    return { ...describeVerdict(evidence, status), fact: decisiveFact(evidence, context) };
  };
  const none = { value: null, units: 0, events: 0 };
  expect(shown({ verdict: "no-data", canary: none })).toEqual({
    state: "no-data",
    word: "No data",
    fact: { text: "no requests of v14" },
  });
  expect(shown({ verdict: "close" }, { provedAt: 7 })).toEqual({
    state: "watch",
    word: "Close to limit",
    fact: { text: "no worse since", since: 7 },
  });
  expect(shown({ verdict: "regression", estimate: 4 })).toEqual({
    state: "missed",
    word: "Regression",
    fact: { text: "4×, limit 1×" },
  });
  expect(shown({ verdict: "no-worse" }, { provedAt: 7 }).fact).toEqual({ text: "since", since: 7 });
  expect(spoken(JSON.stringify(shown({}, { expectedMs: 24 * 60_000 }).fact))).toBe('{"text":"about 24 min"}');
  expect(shown({}).fact).toEqual({ text: "not enough data yet" });
  expect(shown({}, { guardrail: { ...guardrail, requiresVerdict: false } }).fact).toEqual({ text: "not required" });
  expect(shown({}, { phase: "rolled-back" }).fact).toBeUndefined();
});

test("describes the limit that a verdict is about", () => {
  const limit = (fact: Parameters<typeof sampleFact>[0], metric: Guardrail["metric"] = "errors") =>
    describeLimit({ metric, fact: sampleFact(fact) });
  expect([1, 1.2, 2].map((each) => limit({ limit: each }))).toEqual(["no increase", "at most +20%", "below 2×"]);
  expect(limit({ limit: 0.8 }, "conversions")).toBe("at most 20% fewer");
  expect(limit({ scale: "share", limit: 0.005 })).toBe("below 0.5%");
  expect(limit({ limit: null }, "output-shift")).toBe("same distribution");
});

test("describes an opened line in two sentences, then what it counts and when it is decided", () => {
  const guardrail = samplePlan().guardrails[0] as Guardrail;
  const forecast = { likelyMs: 24 * 60_000, lowMs: 16 * 60_000, highMs: 41 * 60_000 };
  const { known, sure, notes } = describeGuardrail(sampleEvidence("errors", { fact: sampleFact({ limit: 2 }) }), {
    guardrail,
    slowMs: 100,
    forecast,
    canary: "v14",
    weight: 0.25,
  });
  expect(spoken(known)).toBe("Errors are undecided: 0.407% against 0.431%.");
  expect(spoken(sure ?? "")).toBe(
    "The true ratio of canary to stable is probably between 0.4× and 2.1×; allowed is below 2×.",
  );
  expect(spoken(notes[0] ?? "")).toBe(
    "At this pace the verdict takes 24 min, likely 16 min to 41 min; until then v14 stays at 25%.",
  );
});

test("shows numbers, difference, interval and limit of the same fact", () => {
  const evidence = sampleEvidence("errors");
  expect(describeArm(evidence)).toEqual({
    stable: { value: "0.43%", count: "345 of 80,000" },
    canary: { value: "0.41%", count: "9 of 2,209" },
  });
  expect(formatDifference(evidence)).toBe("0.945×");
  expect(formatInterval(evidence.fact)).toBe("0.4× to 2.1×");
  expect(formatFactLimit(evidence.fact as GuardrailFact)).toBe("1×");
  const weighted = sampleFact({ stable: { units: 80_000, events: 345, value: 0.005 } });
  expect(describeArm({ ...evidence, fact: weighted }).stable.count).toBe("of 80,000, weighted by step");
  const share = sampleFact({ scale: "share", estimate: 0.05, low: 0.04, high: null, limit: 0.02 });
  expect([formatDifference({ ...evidence, fact: share }), formatInterval(share)]).toEqual(["5%", "4% to unbounded"]);
});

test("quotes a note, and appends a reason to the decision", () => {
  expect(decisionText({ kind: "note", words: "Note", reason: "Depot 7" })).toBe("“Depot 7”");
  expect(decisionText({ kind: "pause", words: "Paused at 25%.", reason: "lunch" })).toBe("Paused at 25%: “lunch”");
  expect(decisionText({ kind: "hold", words: "Held.", reason: null })).toBe("Held.");
});

test("keeps a no-worse verdict when evidence restarts, but not during the steps", () => {
  const again = sampleEvidence("errors");
  expect(describeVerdict(again, { phase: "promoted", wasProved: true }).word).toBe("No worse");
  expect(describeVerdict(again, { phase: "stepping", wasProved: true }).word).toBe("Inconclusive");
  expect(describeVerdict(again, { phase: "rolled-back", wasProved: false })).toMatchObject({
    state: "no-data",
    word: "Inconclusive",
  });
});

test("names no-worse metrics of a promotion, and differing predictions as a share", () => {
  expect(rolloutSentence(sampleRollout({ phase: "promoted" }), undefined, now, ["errors"])).toBe(
    "v14 serves all traffic; verified no worse: errors.",
  );
  const words = "predictions differ on 4.17% of 144 shadowed requests, limit 1%";
  const differing = sampleEvidence("disagreement", { fact: sampleFact({ words }) });
  const rollout = sampleRollout({
    phase: "rolled-back",
    weight: 0,
    violatedMetrics: ["disagreement"],
    evidence: { ...sampleRollout().evidence, guardrails: [differing] },
  });
  expect(spoken(rolloutSentence(rollout, undefined, now))).toContain(
    "Rolled back to v12 because predictions differ on 4.17% of 144 shadowed requests, limit 1%; v14 had served 2,209 requests.",
  );
});
