import { expect, test } from "vitest";
import type { ReleaseOutcome } from "#server/release/outcomes/contract.ts";
import type { Figure } from "../contract.ts";
import { type SentenceFacts, sentenceOf } from "./sentence-of.ts";
import { plainSentence } from "./text.ts";

function figureOf(id: string, value: number | null, text = String(value)): Figure {
  return {
    id,
    definition: id,
    value,
    text: value === null ? "no value" : text,
    unit: "",
    before: null,
    basis: "",
    interval: null,
    knownUntil: 0,
    reason: value === null ? "no data" : null,
    href: `/${id}`,
  };
}

const release = (overrides: Partial<ReleaseOutcome>): ReleaseOutcome => ({
  kind: "rolled-back",
  model: "parcel-damage",
  version: 13,
  words: "errors rose 4.1×",
  at: 0,
  href: "/rollouts/1",
  rollout: { isByItself: true, lastedMs: 34 * 60_000, affectedWords: "38 requests were affected" },
  ...overrides,
});

function factsOf(states: string[], overrides: Partial<SentenceFacts> = {}): SentenceFacts {
  const met = states.filter((state) => state === "on-target" || state === "watch").length;
  const none = figureOf("x", null);
  return {
    period: "week",
    isPartial: false,
    missed: [],
    worst: null,
    objectives: {
      met: figureOf("objectives.met", states.length === 0 ? null : met),
      models: states.map((state, index) => ({ model: `m${index}`, state: state as "watch" })),
    },
    incidents: { count: figureOf("incidents.count", 0), severities: [], customerMinutes: none },
    response: { detect: none, acknowledge: none, restore: none },
    spend: {
      month: "May",
      spent: none,
      budget: none,
      forecast: figureOf("spend.forecast", null),
      verdict: "",
      state: "no-data",
    },
    releases: {
      released: figureOf("releases.released", 0),
      rolledBack: figureOf("releases.rolled-back", 0),
      buckets: [],
      latest: [],
    },
    ...overrides,
  };
}

const summarise = (facts: SentenceFacts) => plainSentence(sentenceOf(facts)).replaceAll("\u00a0", " ");
const seven = ["on-target", "on-target", "on-target", "on-target", "watch", "on-target", "missed"];
const missed = [{ model: "store-demand", what: "freshness", href: "/slos/a", incident: null }];

test("summarises a usual week: met and missed SLOs, the bad release and the spend forecast", () => {
  const facts = factsOf(seven, {
    missed,
    releases: { ...factsOf([]).releases, latest: [release({})], rolledBack: figureOf("releases.rolled-back", 1) },
    spend: { ...factsOf([]).spend, forecast: figureOf("spend.forecast", 36_400), verdict: "4% under", state: "watch" },
  });
  expect(summarise(facts)).toBe(
    "Six of seven models met all SLOs; store-demand missed freshness. One release of parcel-damage was rolled back automatically after 34 min; 38 requests were affected and spend is forecast to end May 4% under budget.",
  );
});

test("does not repeat the word budget for a forecast on budget", () => {
  const forecast = figureOf("spend.forecast", 38_000);
  const spend = { ...factsOf([]).spend, forecast, verdict: "on budget", state: "on-target" as const };
  expect(summarise(factsOf(["on-target"], { spend }))).toMatch(/spend is forecast to end May on budget\.$/i);
});

test("leads with the worst fact of a bad week", () => {
  const facts = factsOf(["missed", "missed", "on-target"], {
    missed: [...missed, { model: "eta", what: "quality", href: "/slos/b", incident: { number: 7, title: "late" } }],
  });
  expect(summarise(facts)).toBe(
    "store-demand missed freshness and eta missed quality in INC-7; only one of three models met all SLOs.",
  );
});

test("marks an ongoing week, and never counts unknown as met", () => {
  expect(summarise(factsOf(["on-target", "no-data"], { isPartial: true }))).toBe(
    "So far this week, one of two models met all SLOs, one has no data.",
  );
  expect(summarise(factsOf(["no-data", "no-data"]))).toBe("No SLO of two models has data.");
  expect(summarise(factsOf([]))).toBe("No SLOs yet.");
});

test("summarises a week with all SLOs met briefly, with its releases", () => {
  const released = figureOf("releases.released", 4);
  const facts = factsOf(["on-target", "watch"], { releases: { ...factsOf([]).releases, released } });
  expect(summarise(facts)).toBe("All two models met all SLOs. Four releases shipped without a rollback.");
});

test("takes each number from a figure, and links each clause to its rows", () => {
  const facts = factsOf(seven, {
    missed,
    incidents: {
      count: figureOf("incidents.count", 3),
      severities: [],
      customerMinutes: figureOf("incidents.customer-minutes", 1420, "1,420"),
    },
  });
  const parts = sentenceOf(facts);
  expect(parts.filter(({ figure }) => figure).map(({ text, figure }) => [figure, text])).toEqual([
    ["objectives.met", "Six"],
    ["incidents.count", "Three"],
    ["incidents.customer-minutes", "1,420"],
  ]);
  expect(parts.filter(({ figure, href }) => figure && !href)).toEqual([]);
});

test("names retraining and game days of the period between releases and costs", () => {
  const retraining = {
    cycles: figureOf("retraining.cycles", 3),
    adopted: figureOf("retraining.adopted", 1),
  };
  const gameDays = { held: figureOf("game-days.held", 1), confirmed: figureOf("game-days.confirmed", 0) };
  expect(summarise(factsOf(["on-target", "watch"], { retraining, gameDays }))).toBe(
    "All two models met all SLOs. One of three retraining cycles was adopted and one game day did not confirm its hypothesis.",
  );
  const one = { cycles: figureOf("retraining.cycles", 1), adopted: figureOf("retraining.adopted", 1) };
  const none = { held: figureOf("game-days.held", 0), confirmed: figureOf("game-days.confirmed", 0) };
  expect(summarise(factsOf(["on-target", "watch"], { retraining: one, gameDays: none }))).toBe(
    "All two models met all SLOs. One retraining cycle was adopted.",
  );
});
