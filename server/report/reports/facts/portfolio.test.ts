import { expect, test } from "vitest";
import { SloDefinition } from "#server/watch/objectives/contract.ts";
import { budgetCondition } from "#server/watch/slo/condition/contract.ts";
import type { PortfolioCell } from "../contract.ts";
import { figure, shareText } from "../figure.ts";
import type { ReadObjective } from "./objectives.ts";
import { portfolio } from "./portfolio.ts";

const span = { from: 0, to: 10, until: 10, previous: -10, now: 10, timeZone: "UTC" };

/** An SLO on the data of "digits" that is met completely. */
function onData(): ReadObjective {
  const definition = SloDefinition.parse({
    service: "digits",
    target: 0.99,
    period: { kind: "rolling", days: 30 },
    indicator: { kind: "data-quality", endpointId: crypto.randomUUID() },
    rules: { tiers: [], absent: null },
  });
  const condition = budgetCondition({ remaining: 1, evenPace: null, burnRate: 0, exhaustedAt: null }, 10);
  const ended = { remaining: 1, ratio: 1, total: 500, condition };
  const slo = { name: "digits-data", definition } as ReadObjective["slo"];
  return { ...ended, slo, model: "digits", knownUntil: 10, standing: condition, before: ended };
}

test("shows the quality of the Quality page, and not that an SLO on data is met", () => {
  const value = { id: "cell.digits.quality", definition: "cell.quality" as const, text: shareText, value: null };
  const known: PortfolioCell = {
    column: "quality",
    state: "no-data",
    figure: figure({ ...value, knownUntil: 10, href: "/quality/digits", reason: "no labels" }),
  };
  const [row] = portfolio(["digits"], [onData()], new Map([["digits", [known]]]), span);
  const cell = row?.cells.find(({ column }) => column === "quality");
  expect(cell).toMatchObject({ state: "on-target", word: "Unused", figure: { value: null, reason: "no labels" } });
});
