import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { Observation } from "./observation.ts";
import type { RulePartState } from "./part-states.ts";
import { maxUnknownMs, type RuleFacts, stepParts } from "./step-parts.ts";

const rule: RuleFacts = {
  id: "r1",
  name: "Slow",
  severity: "page",
  team: null,
  runbookId: "b1",
  wordsAt: (endpoint) => `${endpoint} is slow.`,
};

function seen(isTrue: boolean | null, more: Partial<Observation> = {}): Observation {
  const labels = { service: "churn", endpoint: "churn" };
  return {
    part: "e1",
    title: "churn",
    isTrue,
    value: 9,
    limit: 5,
    words: "It is 9 ms.",
    labels,
    endpointId: "e1",
    ...more,
  };
}

/** Looks one after another, each `everyMs` after the one before; the alerts that each would send. */
function evaluations(
  observations: Observation[][],
  { forMs = 0, everyMs = minuteMs, facts = [rule] }: { forMs?: number; everyMs?: number; facts?: RuleFacts[] } = {},
) {
  let before = new Map<string, RulePartState>();
  return observations.map((found, index) => {
    const now = index * everyMs;
    const stepped = stepParts({ rule: facts[index] ?? rule, observations: found, before, forMs, now });
    before = stepped.partStates;
    return stepped;
  });
}

test("fires with labels, rule and runbook, and without an end", () => {
  const [first] = evaluations([[seen(true)]]);
  expect(first?.alerts).toEqual([
    {
      labels: { alertname: "Slow", severity: "page", service: "churn", endpoint: "churn" },
      annotations: {
        summary: "It is 9 ms",
        description: "It is 9 ms. Rule: churn is slow.",
        runbook_url: "/incidents/runbooks/b1",
        "leeway.internal/rule-id": "r1",
        "leeway.internal/endpoint-id": "e1",
      },
      startsAt: new Date(0),
      generatorUrl: "/alerts/rules/r1",
    },
  ]);
});

test("repeats a firing alert every minute, also while unknown, and sends its end once", () => {
  const found = [seen(true), seen(true), seen(null), seen(false), seen(false)].map((one) => [one]);
  const received = evaluations(found, { everyMs: minuteMs / 2 }).map(({ alerts }) =>
    alerts.map(({ endsAt }) => endsAt?.getTime()),
  );
  expect(received).toEqual([[undefined], [], [undefined], [1.5 * minuteMs], []]);
});

test("ends a firing alert after a day without data, and does not call that a recovery", () => {
  const found = [seen(true), seen(null), seen(null), seen(null)].map((one) => [one]);
  const [, first, second, last] = evaluations(found, { everyMs: maxUnknownMs / 2 });
  for (const stepped of [first, second]) expect(stepped?.partStates.get("e1")?.state).toBe("firing");
  expect(last?.partStates.get("e1")).toMatchObject({ state: "inactive" });
  expect(last?.alerts).toMatchObject([{ endsAt: new Date(1.5 * maxUnknownMs) }]);
  expect(last?.alerts[0]?.annotations).toMatchObject({
    summary: "churn: no data for 24\u00a0h",
    description: "No data for 24\u00a0h. The alert ended without a measured recovery.",
    "leeway.internal/ended": "unknown",
  });
});

test("counts the time without data anew after a measurement", () => {
  const found = [seen(true), seen(null), seen(true), seen(null), seen(null)].map((one) => [one]);
  const received = evaluations(found, { everyMs: maxUnknownMs / 2 });
  expect(received.at(-1)?.partStates.get("e1")?.state).toBe("firing");
});

test("does not notify while pending", () => {
  const stepped = evaluations([[seen(true)], [seen(true)], [seen(false)]], { forMs: 5 * minuteMs });
  expect(stepped.flatMap(({ alerts }) => alerts)).toEqual([]);
  expect(stepped.map(({ partStates }) => partStates.get("e1")?.state)).toEqual(["pending", "pending", "inactive"]);
});

test("resolves the alert with the labels that it fired with", () => {
  const renamed = seen(false, { labels: { service: "churn", endpoint: "churn", model: "new" } });
  const [, last] = evaluations([[seen(true)], [renamed]]);
  expect(last?.alerts[0]?.labels).toEqual({ alertname: "Slow", severity: "page", service: "churn", endpoint: "churn" });
});

test("resolves an alert whose object no longer exists", () => {
  const [, last] = evaluations([[seen(true)], []]);
  expect(last).toMatchObject({ partStates: new Map(), isChanged: true });
  expect(last?.alerts.map(({ endsAt }) => endsAt)).toEqual([new Date(minuteMs)]);
});

test("ends the spend of a month and fires that of the next, each as an alert of its own", () => {
  const of = (month: string) => seen(true, { part: `spent workspace ${month}`, labels: { spend: "spent", month } });
  const [, next] = evaluations([[of("2026-05")], [of("2026-06")]]);
  const received = next?.alerts.map(({ labels, endsAt }) => [labels.month, endsAt === undefined]);
  expect(received).toEqual([
    ["2026-06", true],
    ["2026-05", false],
  ]);
});

test("steps each part separately, and keeps an earlier start", () => {
  const [first] = evaluations([[seen(true, { since: -5 * minuteMs }), seen(false, { part: "e2" })]]);
  expect(first?.alerts.map(({ startsAt }) => startsAt)).toEqual([new Date(-5 * minuteMs)]);
  expect(first?.partStates.get("e2")?.state).toBe("inactive");
});

test("prefers the team of the rule to that of the endpoint", () => {
  const found = seen(true, { labels: { service: "churn", team: "platform" } });
  const [first] = evaluations([[found]], { facts: [{ ...rule, team: "risk" }] });
  expect(first?.alerts[0]?.labels.team).toBe("risk");
});
