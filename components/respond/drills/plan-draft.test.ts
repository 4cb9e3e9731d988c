import { expect, test } from "vitest";
import { GameDayPlan } from "#server/respond/drills/contract.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import { newPlanDraft, nextPlanDraft, planDraftOf, readPlanDraft } from "./plan-draft.ts";

const hypothesis = "With 120 ms added to 10% of responses, on-call is notified within 12 minutes.";
const filled = { ...newPlanDraft, endpoint: "digits", hypothesis };

/** A plan as the server gives it back. */
function planned(plan: GameDayPlan) {
  return {
    ...plan,
    endpoint: { id: "e", name: plan.endpoint },
    owner: { id: plan.ownerId ?? "", name: "Ines" },
  };
}

test("a new form is the default plan, once it has an endpoint and a hypothesis", () => {
  const fault = { kind: "latency", delayMs: 120, jitterMs: 20 };
  const expectations = [
    { what: "detected", withinSeconds: 180 },
    { what: "notified", withinSeconds: 720 },
    { what: "noHarm" },
  ];
  const plan = GameDayPlan.parse(readPlanDraft(filled));
  expect(plan).toEqual(GameDayPlan.parse({ endpoint: "digits", hypothesis, fault, expectations }));
});

test.each<Fault>([
  { kind: "latency", delayMs: 80, jitterMs: 0 },
  { kind: "errors", status: 429 },
  { kind: "dropped-feature", feature: "weight", as: "null" },
  { kind: "shifted-input", feature: "weight", change: { scale: 2.2, offset: -1 } },
  { kind: "shifted-input", feature: "depot", change: { swap: ["north", "south"] } },
  { kind: "stale-feature", view: "weather", ageSeconds: 5400 },
  { kind: "model-worker-lost" },
  { kind: "job-preempted", job: "flights 3", tearsCheckpoint: true },
  { kind: "channel-dead", channelId: "00000000-0000-4000-8000-000000000001" },
])("the form keeps a plan with $kind", (fault) => {
  const plan = GameDayPlan.parse({
    endpoint: "digits",
    hypothesis,
    fault,
    scope: "requests",
    share: 0.1,
    minutes: 15,
    isAnnounced: false,
    ownerId: "00000000-0000-4000-8000-000000000002",
    expectations: [{ what: "acknowledged", withinSeconds: 90 }],
    startsAt: new Date("2026-06-03T12:00:00Z"),
    repeats: "monthly",
  });
  expect(readPlanDraft(planDraftOf(planned(plan)))).toEqual(plan);
  expect(readPlanDraft(nextPlanDraft(planned(plan)))).toEqual({ ...plan, startsAt: null, repeats: "never" });
});

test("reads a share in percent, and no number where nothing is typed", () => {
  expect(readPlanDraft({ ...filled, sharePercent: "2.5" }).share).toBe(0.025);
  expect(GameDayPlan.safeParse(readPlanDraft({ ...filled, minutes: "" })).error?.issues[0]?.path).toEqual(["minutes"]);
});
