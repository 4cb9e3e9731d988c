import { expect, test } from "vitest";
import { parseYamlDocuments } from "#server/base/yaml.ts";
import { fromOpenSlo } from "./from-open-slo.ts";
import { toOpenSlo } from "./to-open-slo.ts";

const reference = `apiVersion: openslo/v1
kind: SLO
metadata: {name: churn-availability, displayName: Churn model availability}
spec:
  service: churn
  indicator:
    metadata: {name: churn-availability}
    spec:
      ratioMetric:
        counter: true
        good:  {metricSource: {type: Leeway, spec: {query: "good"}}}
        total: {metricSource: {type: Leeway, spec: {query: "total"}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: "99.9", targetPercent: 99.9}]
`;

interface OpenSlo {
  spec: { objectives: unknown[] };
}

function parsed(file: string): [OpenSlo, ...OpenSlo[]] {
  return parseYamlDocuments(file) as [OpenSlo, ...OpenSlo[]];
}

test("imports the reference file: 99.9% over 28 rolling days of occurrences, good of total", () => {
  const { slos } = fromOpenSlo(reference);
  expect(slos).toMatchObject([
    {
      name: "churn-availability",
      definition: {
        target: 0.999,
        period: { kind: "rolling", days: 28 },
        budgeting: { method: "occurrences" },
        indicator: { kind: "posted", source: "churn-availability" },
        service: "churn",
        displayName: "Churn model availability",
      },
    },
  ]);
  const [slo] = slos as [(typeof slos)[number]];
  const [again] = parsed(toOpenSlo(slo));
  const [first] = parsed(reference);
  expect(again).toMatchObject(first);
  expect(fromOpenSlo(toOpenSlo(slo)).slos[0]?.definition).toMatchObject({ target: 0.999, rules: slo.definition.rules });
  const changed = parsed(toOpenSlo({ ...slo, definition: { ...slo.definition, target: 0.99 } }))[0];
  expect(changed.spec.objectives).toEqual([{ displayName: "99.9", target: 0.99 }]);
});

const foreign = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-latency
  labels: {team: [a, b], tier: "1"}
  annotations: {example.com/cost-centre: "42"}
  uid: kept
spec:
  service: web
  indicatorRef: slow
  timeWindow: [{duration: 1M, calendar: {startTime: "2022-01-01 00:00:00", timeZone: America/New_York}, note: kept}]
  budgetingMethod: Timeslices
  objectives: [{displayName: most, target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 5, owner: kept}]
  alertPolicies: [{alertPolicyRef: fast}]
  reviewed: yes please
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: slow}
spec: {ratioMetric: {counter: true, bad: {metricSource: {metricSourceRef: prom, spec: {query: a}}}, total: {metricSource: {metricSourceRef: prom, spec: {query: b}}}}}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prom}
spec: {type: Prometheus, connectionDetails: {url: "http://prometheus"}}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec: {alertWhenNoData: true, alertWhenBreaching: true, conditions: [{conditionRef: burns}], notificationTargets: [{targetRef: pager}]}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burns}
spec: {severity: sev1, condition: {kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}}
`;

test("imports a third-party file with references completely", () => {
  const { slos, warnings } = fromOpenSlo(foreign);
  const [slo] = slos as [(typeof slos)[number]];
  expect(slo.definition).toMatchObject({
    target: 0.95,
    period: { kind: "calendar", unit: "month", timeZone: "America/New_York" },
    budgeting: { method: "timeslices", sliceMinutes: 5, sliceTarget: 0.9 },
    indicator: { kind: "foreign" },
    labels: { team: "a, b", tier: "1" },
    rules: {
      tiers: [{ severity: "page", longMinutes: 60, shortMinutes: null, factor: 2, forMinutes: 5 }],
      absent: { severity: "page", minutes: null },
    },
  });
  expect(warnings).toEqual([
    expect.stringContaining("not evaluated"),
    expect.stringContaining('"pager" is stored'),
    expect.stringContaining("greater than"),
  ]);
  const again = parsed(toOpenSlo(slo));
  const first = parsed(foreign);
  expect(again[0]).toMatchObject(first[0]);
  for (const document of first.slice(1)) expect(again).toContainEqual(document);
  // The second trip changes nothing.
  const [second] = fromOpenSlo(toOpenSlo(slo)).slos as [typeof slo];
  expect(second.definition).toEqual(slo.definition);
  // Rules that differ from the file's are written in Leeway's format; the target's name stays.
  const rules = {
    ...slo.definition.rules,
    tiers: [{ severity: "ticket" as const, longMinutes: 120, shortMinutes: 10, factor: 3, forMinutes: 0 }],
  };
  const changed = fromOpenSlo(toOpenSlo({ ...slo, definition: { ...slo.definition, rules } })).slos[0];
  expect(changed?.definition.rules).toEqual(rules);
});

test("imports several objectives as several SLOs, and ones with indicators as a composite", () => {
  const several = reference.replace(/objectives: .*/, "objectives: [{targetPercent: 99.95}, {target: 0.9}]");
  expect(fromOpenSlo(several).slos.map(({ name, definition }) => [name, definition.target])).toEqual([
    ["churn-availability-1", 0.9995],
    ["churn-availability-2", 0.9],
  ]);
  const indicator = (name: string) =>
    `indicator: {metadata: {name: ${name}}, spec: {ratioMetric: {good: {metricSource: {type: Leeway}}, total: {metricSource: {type: Leeway}}}}}`;
  const composite = reference
    .replace(/ {2}indicator:\n[\s\S]*? {2}timeWindow/, "  timeWindow")
    .replace(
      /objectives: .*/,
      `objectives: [{target: 0.9, ${indicator("a")}}, {target: 0.99, compositeWeight: 0.5, ${indicator("b")}}]`,
    );
  const { slos } = fromOpenSlo(composite);
  expect(slos.map(({ name, definition }) => [name, definition.indicator])).toEqual([
    ["churn-availability-1", { kind: "posted", source: "a", endpointId: null }],
    ["churn-availability-2", { kind: "posted", source: "b", endpointId: null }],
    ["churn-availability", null],
  ]);
  expect(slos[2]?.composite).toEqual({
    mode: "openslo",
    parts: [
      { name: "churn-availability-1", weight: 1 },
      { name: "churn-availability-2", weight: 0.5 },
    ],
  });
});

test.each([
  ["openslo/v1\nkind: SLO", "openslo/v2alpha\nkind: SLO", "v2alpha, an unstable draft"],
  ["openslo/v1\n", "v9\n", 'has apiVersion "v9"'],
  ["kind: SLO", "kind: SLA", 'has kind "SLA"'],
  ["name: churn-availability, displayName", "name: Churn_A, displayName", "at most 63 lower-case"],
  ["targetPercent: 99.9", "targetPercent: 99.9, target: 0.999", "exactly one of target"],
  ["targetPercent: 99.9", "targetPercent: 100", "up to, but not, 100"],
  ["4w, isRolling: true", "4w", "calendar (of a window that is not rolling)"],
  ["duration: 4w", "duration: 12h", "1 to 90 full days"],
  ["duration: 4w", "duration: 1Y", "1 to 90 full days"],
  ["[{duration: 4w, isRolling: true}]", "[]", "exactly one window"],
  ["Occurrences", "Sometimes", "budgetingMethod must be"],
  ["Occurrences", "Timeslices", "needs timeSliceWindow"],
  ["        counter: true", "        raw: {}", "needs budgetingMethod RatioTimeslices"],
  ["        good: ", "        bad: {}\n        good: ", "exactly one of good and bad"],
  ['spec: {query: "good"}', "spec: {kind: latency}", "type Leeway cannot be read"],
  ["metadata: {name", "metadata: [{name", "Invalid YAML in line 4"],
  ["  service: churn", "  service: churn\n  indicatorRef: other", "both indicator and indicatorRef"],
  ["  service: churn", "  service: churn\n  alertPolicies: [{alertPolicyRef: gone}]", "not in this file"],
  ["  service: churn", "  service: churn\n  alertPolicies: [{spec: {conditions: [{}, {}]}}]", "exactly one condition"],
])("rejects %j as %j: %s", (from, to, message) => {
  expect(reference).toContain(from);
  expect(() => fromOpenSlo(reference.replace(from, to))).toThrow(message);
});

test("imports Sloth and Pyrra files", () => {
  const sloth = `version: "prometheus/v1"
service: myservice
labels: {owner: myteam}
slos:
  - name: requests_availability
    objective: 99.9
    description: "Common SLO."
    sli: {events: {error_query: "sum(rate(a[{{.window}}]))", total_query: "sum(rate(b[{{.window}}]))"}}
    alerting: {name: MyServiceHighErrorRate, page_alert: {labels: {severity: pageteam}}, ticket_alert: {disable: true}}
`;
  const read = fromOpenSlo(sloth).slos[0];
  expect(read).toMatchObject({
    name: "requests-availability",
    definition: {
      target: 0.999,
      period: { days: 30 },
      service: "myservice",
      labels: { owner: "myteam" },
      indicator: { kind: "foreign" },
    },
  });
  expect(read?.definition.rules.tiers.map(({ severity }) => severity)).toEqual(["page", "page"]);
  const pyrra = `apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: pyrra-api-errors, labels: {pyrra.dev/team: operations}}
spec:
  target: "99.5"
  window: 2w
  indicator: {ratio: {errors: {metric: 'a{code=~"5.."}'}, total: {metric: a}}}
`;
  const { slos } = fromOpenSlo(pyrra);
  expect(slos).toMatchObject([
    { name: "pyrra-api-errors", definition: { target: 0.995, period: { kind: "rolling", days: 14 } } },
  ]);
  const [slo] = slos as [(typeof slos)[number]];
  expect(toOpenSlo(slo)).toContain("type: Prometheus");
});
