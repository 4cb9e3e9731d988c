import { expect, test } from "vitest";
import { parseYaml } from "#server/base/yaml.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { madeDefinition } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { standardRules } from "../engine/standard-rules.ts";
import { fromOpenSlo } from "./from-open-slo.ts";
import { toOpenSlo } from "./to-open-slo.ts";

const id = (random: Random) =>
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => Math.floor(random() * 16).toString(16));

function madeIndicator(random: Random): Indicator {
  const endpointId = id(random);
  const maturityMs = Math.floor(random() * 1e9);
  const all: Indicator[] = [
    { kind: "availability", endpointId },
    { kind: "latency", endpointId, withinMs: 0.1 + random() * 500, countsFailures: random() < 0.5 },
    { kind: "freshness", endpointId, maxAgeMs: 1000 + random() * 1e6 },
    { kind: "feature-freshness", viewId: crypto.randomUUID(), endpointId: null, atMostMs: 60_000, countsMissing: true },
    { kind: "view-lag", viewId: crypto.randomUUID(), endpointId, atMostMs: 60_000 },
    { kind: "realised-quality", endpointId, maturityMs, tolerance: random() < 0.5 ? null : random() },
    { kind: "label-timeliness", endpointId, maturityMs, of: random() < 0.5 ? "sampled" : "audit" },
    { kind: "primary-answered", endpointId },
    { kind: "cost", endpointId, maxCostPer1000: 0.01 + random() },
    { kind: "estimated-quality", endpointId },
    { kind: "drift-budget", endpointId },
    { kind: "data-quality", endpointId },
    { kind: "posted", source: 'batch: scores, #1 "x"', endpointId: random() < 0.5 ? null : endpointId },
  ];
  return pick(all, random);
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[Math.floor(random() * all.length)] as T;
}

function made(random: Random): SloDefinition {
  const minutes = (most: number) => 1 + Math.floor(random() * most);
  const period = pick(
    [
      { kind: "rolling", days: minutes(90) },
      {
        kind: "calendar",
        unit: pick(["week", "month", "quarter"] as const, random),
        timeZone: pick(["UTC", "Europe/Berlin"], random),
      },
    ] as const,
    random,
  );
  const isComposite = random() < 0.2;
  const severity = () => pick(["page", "ticket"] as const, random);
  const tiers = Array.from({ length: Math.floor(random() * 5) }, () => ({
    severity: severity(),
    longMinutes: minutes(9000),
    shortMinutes: random() < 0.3 ? null : minutes(600),
    factor: random() * 20 + 0.1,
    forMinutes: random() < 0.5 ? 0 : minutes(90),
  }));
  return SloDefinition.parse({
    displayName: pick(["", "Churn: “fast” – 99.9%", "yes", "1.0"], random),
    description: pick(["", "Two\nlines, with: colons", "- a list?"], random),
    service: pick(["churn", "Fraud scores", "null"], random),
    target: pick([0, 0.5, 0.95, 0.999, 0.99995, random()], random),
    period,
    budgeting: pick(
      [
        { method: "occurrences" },
        { method: "timeslices", sliceMinutes: minutes(1440), sliceTarget: random() },
        { method: "ratio-timeslices", sliceMinutes: minutes(1440) },
      ] as const,
      random,
    ),
    indicator: isComposite ? null : madeIndicator(random),
    composite: isComposite
      ? {
          mode: pick(["openslo", "weighted", "worst"], random),
          parts: [1, 0.5].map((weight) => ({ sloId: id(random), weight })),
        }
      : null,
    rules:
      random() < 0.3
        ? standardRules(period, "availability")
        : {
            tiers,
            gate: pick([null, 1e-3, 1e-4], random),
            cap: pick([0.9, 0.5], random),
            absent: pick(
              [null, { severity: severity(), minutes: null }, { severity: severity(), minutes: 30 }],
              random,
            ),
          },
    labels: pick([{}, { team: "risk", "app.kubernetes.io/name": "true" }], random),
    freezes: random() < 0.5,
  });
}

test("reads back any of its own exports unchanged", () => {
  const random = seededRandom(20);
  for (let round = 0; round < 200; round += 1) {
    const definition = made(random);
    const parts = definition.composite?.parts ?? [];
    const partNames = Object.fromEntries(parts.map(({ sloId }, index) => [sloId, `part-${index}`]));
    const file = toOpenSlo({ name: "made-slo", definition, partNames });
    const { slos, warnings } = fromOpenSlo(file);
    expect(slos.map(({ name, definition }) => ({ name, definition }))).toEqual([{ name: "made-slo", definition }]);
    expect(slos[0]?.composite?.parts.map(({ name }) => name)).toEqual(
      definition.composite ? ["part-0", "part-1"] : undefined,
    );
    expect(warnings).toEqual([]);
  }
});

test("exports one policy per tier with its long window, and the complete rule as an annotation", () => {
  const file = toOpenSlo({ name: "churn-availability", definition: madeDefinition() });
  const { metadata, spec } = parseYaml(file) as {
    metadata: { annotations: Record<string, string> };
    spec: { alertPolicies: { metadata: { name: string }; spec: unknown }[] };
  };
  expect(spec.alertPolicies.map((policy) => policy.metadata.name)).toEqual([
    "churn-availability-page-1h",
    "churn-availability-page-6h",
    "churn-availability-ticket-1d",
    "churn-availability-ticket-3d",
  ]);
  expect(JSON.parse(metadata.annotations["leeway.internal/mwmbr"] ?? "")[0]).toEqual({
    long: "1h",
    short: "5m",
    factor: 14.4,
    severity: "page",
  });
  expect(metadata.annotations).toMatchObject({
    "leeway.internal/gate": "0.001",
    "leeway.internal/cap": "0.9",
    "leeway.internal/sli-kind": "availability",
  });
});
