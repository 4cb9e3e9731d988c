import type { Context } from "#server/context.ts";
import type { PortfolioCell, ReportState } from "../contract.ts";
import { figure, moneyText } from "../figure.ts";
import { monthOf } from "../periods.ts";
import type { ReportFacts } from "./contract.ts";
import type { ReadSpan } from "./objectives.ts";

/** What is known of money in a period; null where nothing was metered or nothing has a price. */
export interface KnownSpend {
  /** ISO 4217. */
  currency: string;
  /** Of the month that the period ends in, so far. */
  spent: number;
  budget: number | null;
  forecast: { value: number; low: number; high: number } | null;
  /** Of the period. */
  perThousand: number | null;
  perThousandBefore: number | null;
  perThousandCorrect: number | null;
  models: ReadonlyMap<string, number>;
}

type Spend = Pick<ReportFacts, "spend" | "unitCost"> & { cells: ReadonlyMap<string, readonly PortfolioCell[]> };

/** Reads spend from the cost domain. For who was let in already. */
export async function readSpend(_ctx: Context, span: ReadSpan): Promise<Spend> {
  return spendFacts(null, span);
}

/** Tiles and cells of what is known of money. */
export function spendFacts(known: KnownSpend | null, span: ReadSpan): Spend {
  const text = moneyText(known?.currency ?? "EUR");
  const month = monthOf(span.until - 1);
  const common = { text, knownUntil: span.until, href: `/costs?month=${isoMonth(span.until - 1)}` };
  const reason = known ? "no predictions" : "no prices";
  const { budget = null, forecast = null } = known ?? {};
  const over = budget && forecast ? forecast.value / budget - 1 : null;
  return {
    spend: {
      month,
      spent: figure({ ...common, id: "spend.spent", definition: "spend.spent", value: known?.spent ?? null, reason }),
      budget: figure({
        ...{ ...common, id: "spend.budget", definition: "spend.budget", value: budget },
        reason: known ? "no budget" : reason,
      }),
      forecast: figure({
        ...{ ...common, id: "spend.forecast", definition: "spend.forecast", value: forecast?.value ?? null },
        interval: forecast,
        reason: known ? "too few days" : reason,
      }),
      verdict: over === null ? "" : verdictWords(over),
      state: stateOfSpend(over),
    },
    unitCost: {
      predictions: figure({
        ...{ ...common, id: "cost.predictions", definition: "cost.predictions", value: known?.perThousand ?? null },
        ...{ before: known?.perThousandBefore, unit: "predictions", reason },
      }),
      correct: figure({
        ...{ ...common, id: "cost.correct", definition: "cost.correct", value: known?.perThousandCorrect ?? null },
        ...{ unit: "correct", reason: known ? "no labels" : reason },
      }),
    },
    cells: new Map(
      [...(known?.models ?? [])].map(([model, perThousand]) => [
        model,
        [
          {
            column: "cost" as const,
            state: "no-data" as const,
            figure: figure({
              ...{ ...common, id: `cell.${model}.cost`, definition: "cell.cost", value: perThousand },
              href: `${common.href}&by=model`,
            }),
          },
        ],
      ]),
    ),
  };
}

/** "4 % under", "12 % over", "on budget". */
export function verdictWords(over: number): string {
  const percent = Math.round(Math.abs(over) * 100);
  if (percent === 0) return "on budget";
  return `${percent}\u00a0% ${over > 0 ? "over" : "under"}`;
}

function stateOfSpend(over: number | null): ReportState {
  if (over === null) return "no-data";
  if (over > 0) return "missed";
  return over > -0.05 ? "watch" : "on-target";
}

function isoMonth(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}
