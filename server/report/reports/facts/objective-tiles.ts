import { formatBudget, formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";
import { countText, figure } from "../figure.ts";
import type { ReportFacts } from "./contract.ts";
import { ascending, type ReadObjective, type ReadSpan, reportState, stateOf, worstOf } from "./objectives.ts";

const maxBudgets = 4;

type Tiles = Pick<ReportFacts, "objectives" | "budgets">;

/** Formats "18% over", "47%". */
function leftText(remaining: number): string {
  return remaining < 0 ? formatBudget({ remaining }) : formatBudgetLeft(remaining);
}

/** Returns the number of models that met all their SLOs, and the one whose error budget is nearest to exhaustion. */
export function objectiveTiles(read: readonly ReadObjective[], span: ReadSpan): Tiles {
  const byModel = Map.groupBy(read, ({ model }) => model);
  const models = [...byModel].map(([model, own]) => ({ model, state: worstOf(own.map(stateOf)) }));
  const met = models.filter(({ state }) => isMet(state)).length;
  const unknown = models.filter(({ state }) => state === "no-data").length;
  const before = [...byModel.values()].map((own) => worstOf(own.map(({ before }) => stateOf(before))));
  const worst = [...byModel.values()].flatMap((own) => own.toSorted(ascending).slice(0, 1)).toSorted(ascending);
  const known = worst.filter(({ remaining }) => remaining !== null);
  const rest = known.slice(maxBudgets);
  return {
    objectives: {
      met: figure({
        id: "objectives.met",
        definition: "objectives.met",
        text: countText,
        href: "/slos",
        knownUntil: span.until,
        value: models.length === 0 ? null : met,
        unit: `of ${countText(models.length)}`,
        before: before.every((state) => state === "no-data") ? null : before.filter(isMet).length,
        basis: `${countText(read.length)} SLO${read.length === 1 ? "" : "s"}${unknown > 0 ? `, ${countText(unknown)} without data` : ""}`,
        reason: "no SLO",
      }),
      models: models.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state)),
    },
    budgets: {
      rows: known.slice(0, maxBudgets).map((one) => ({
        model: one.model,
        objective: one.slo.name,
        state: reportState(one.standing),
        word: one.standing.word,
        href: hrefOf(one),
        left: figure({
          id: `budget.${one.slo.name}`,
          definition: "budget.left",
          text: leftText,
          href: hrefOf(one),
          value: one.remaining,
          before: one.before.remaining,
          knownUntil: one.knownUntil,
          basis: `${countText(one.total)} events in this period`,
        }),
      })),
      more: rest.length,
      least: rest[0] ? leftText(rest[0].remaining ?? 0) : null,
    },
  };
}

const order = ["on-target", "watch", "no-data", "missed"];

/** Returns whether a state counts as met. A state without data does not. */
function isMet(state: string): boolean {
  return state === "on-target" || state === "watch";
}

/** Returns the URL of an SLO's page. */
export function hrefOf({ slo }: Pick<ReadObjective, "slo">): string {
  return `/slos/${encodeURIComponent(slo.name)}`;
}
