import { dayMs, minuteMs } from "#server/base/durations.ts";
import { scaledTiers } from "#server/stats/burn-rate/tiers.ts";
import { type DemoTarget, send } from "../client.ts";
import { ensureSlo, type Named } from "./ensure-named.ts";
import { arrivals } from "./flight-arrivals.ts";

/** SLO of the night shift's story; it pages. */
const pagingSlo = "digits-forms-availability";

const week = { kind: "rolling", days: 7 };
const month = { kind: "rolling", days: 28 };
/** The standard tiers. Silence does not page: a demo that was stopped has had no requests. */
const pagingRules = { tiers: scaledTiers((7 * dayMs) / minuteMs), absent: null };
/** Opens only tickets: the workbook's slow tiers. The demo has a single story that pages. */
export const ticketsOnly = {
  tiers: [
    { severity: "ticket", longMinutes: 1440, shortMinutes: 120, factor: 3 },
    { severity: "ticket", longMinutes: 4320, shortMinutes: 360, factor: 1 },
  ],
  absent: null,
};

interface ObjectiveInput {
  name: string;
  definition: Record<string, unknown>;
  runbook: string;
}

/**
 * Creates the SLOs of the demo's endpoints: availability, latency and accuracy; one with a calendar period, one composite of two
 * others, and one with posted counts. Existing ones stay as they are.
 */
export async function ensureObjectives(target: DemoTarget, team: Named, endpoints: string[]): Promise<void> {
  const ids = new Map<string, string>();
  for (const name of endpoints) ids.set(name, (await endpointOf(target, name)).id);
  const { runbooks } = await send<{ runbooks: Named[] }>(target, "GET", `${target.url}/api/v1/runbooks`);
  const runbookOf = (name: string) => runbooks.find((one) => one.name === name)?.id ?? null;
  const saved = new Map<string, string>();
  for (const { name, definition, runbook } of objectiveInputs(ids)) {
    const slo = await ensureSlo(target, {
      name,
      definition,
      teamId: team.id,
      runbookId: runbookOf(runbook),
      reason: "Demo SLO",
    });
    saved.set(name, slo.id);
  }
  const parts = [pagingSlo, "digits-forms-latency"].map((name) => ({ sloId: saved.get(name) }));
  await ensureSlo(target, {
    name: "forms-are-read",
    definition: {
      displayName: "Form reading",
      service: "digits-forms",
      target: 0.995,
      period: week,
      rules: ticketsOnly,
      description: "Availability and latency; the worse of the two counts.",
      freezes: false,
      composite: { mode: "worst", parts },
    },
    teamId: team.id,
    runbookId: runbookOf("Service outage"),
    reason: "Demo SLO",
  });
}

function objectiveInputs(ids: Map<string, string>): ObjectiveInput[] {
  const of = (kind: string, endpoint: string, more: object = {}) => ({ kind, endpointId: ids.get(endpoint), ...more });
  return [
    {
      name: pagingSlo,
      definition: { target: 0.999, period: week, rules: pagingRules, indicator: of("availability", "digits-forms") },
      runbook: "Bad canary",
    },
    {
      name: "digits-forms-latency",
      definition: {
        // A machine that has more to do than this must not freeze what the story is about.
        target: 0.95,
        period: week,
        rules: ticketsOnly,
        freezes: false,
        indicator: of("latency", "digits-forms", { withinMs: 500 }),
      },
      runbook: "Slow responses",
    },
    {
      name: "digits-availability",
      definition: {
        target: 0.995,
        period: { kind: "calendar", unit: "month", timeZone: "Europe/Lisbon" },
        description: "What the contract with the postal service requires each month.",
        rules: ticketsOnly,
        indicator: of("availability", "digits"),
      },
      runbook: "Service outage",
    },
    {
      name: "digits-right",
      definition: {
        displayName: "Digit accuracy",
        target: 0.95,
        period: month,
        rules: ticketsOnly,
        indicator: of("realised-quality", "digits", { maturityMs: 3 * minuteMs }),
      },
      runbook: "Model drift",
    },
    {
      name: "flight-delay-availability",
      definition: { target: 0.99, period: month, rules: ticketsOnly, indicator: of("availability", "flight-delay") },
      runbook: "Service outage",
    },
    {
      name: "flights-right",
      definition: {
        // Its burn opens tickets. By the plan of the year, labels confirm in summer that accuracy is below this target, and then monitoring pages.
        displayName: "Delay prediction",
        target: 0.9,
        period: month,
        rules: ticketsOnly,
        freezes: false,
        indicator: of("realised-quality", "flight-delay", { maturityMs: 3 * minuteMs }),
      },
      runbook: "Model drift",
    },
    {
      name: "flights-estimated",
      definition: {
        displayName: "Delay prediction (estimated)",
        target: 0.9,
        period: month,
        description: "Before labels arrive: the sum of calibrated probabilities.",
        rules: ticketsOnly,
        freezes: false,
        indicator: of("estimated-quality", "flight-delay"),
      },
      runbook: "Model drift",
    },
    {
      name: "flights-on-time",
      definition: {
        displayName: "Flights on time",
        service: "flights-warehouse",
        target: 0.6,
        period: month,
        description: arrivals.description,
        rules: ticketsOnly,
        freezes: false,
        indicator: { kind: "posted", source: arrivals.source },
      },
      runbook: "Schema change",
    },
  ];
}

function endpointOf(target: DemoTarget, name: string): Promise<{ id: string }> {
  return send(target, "GET", `${target.url}/api/v1/endpoints/${name}`);
}
