import type { Context } from "#server/base/context.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import { readCosts } from "#server/watch/cost/report/queries.ts";
import { against } from "#server/watch/cost/report/sentence-of.ts";
import { spendSummary } from "#server/watch/cost/report/spend-summary.ts";
import type { PortfolioCell, ReportState } from "../contract.ts";
import { countText, figure, moneyText } from "../figure.ts";
import { monthWord, nameOf, periodOf } from "../periods.ts";
import type { ReportFacts } from "./contract.ts";
import type { ReadSpan } from "./objectives.ts";

/** Known spend of a period; null where nothing was metered or nothing has a price. */
export interface KnownSpend {
  /** ISO 4217. */
  currency: string;
  /** Spend of the month in which the period ends, so far. */
  spent: number;
  budget: number | null;
  forecast: { value: number; low: number; high: number } | null;
  /** Unit cost of the period. */
  perThousand: number | null;
  perThousandBefore: number | null;
  perThousandCorrect: number | null;
  /** Number of labelled predictions behind the share of correct ones. */
  labelled: number | null;
  models: ReadonlyMap<string, number>;
}

type Spend = Pick<ReportFacts, "spend" | "unitCost"> & { cells: ReadonlyMap<string, readonly PortfolioCell[]> };

/** A forecast of the cost domain holds in so many cases. */
const forecastLevel = 0.8;

/** Reads spend from the cost domain. Callers limited to some endpoints get no totals. The caller has checked permissions. */
export async function readSpend(ctx: Context, span: ReadSpan): Promise<Spend> {
  if (ctx.actor.endpoints) return spendFacts(null, span, "only of all endpoints");
  const summary = await spendSummary(ctx, { from: new Date(span.from), to: new Date(span.to) }, span.now);
  const { currency, month, endpoints, perThousand, perThousandBefore } = summary;
  if (currency === null) return spendFacts(null, span, "no prices set");
  const { total } = await readCosts(ctx, { month: month.month }, span.now);
  const isRight = perThousand !== null && total.correctShare !== null && total.correctShare > 0;
  const known = {
    currency,
    spent: month.spent,
    budget: month.budget,
    forecast: month.forecast,
    perThousand,
    perThousandBefore,
    perThousandCorrect: isRight ? perThousand / (total.correctShare as number) : null,
    labelled: total.labelled,
    models: new Map(endpoints.flatMap(({ name, perThousand }) => (perThousand === null ? [] : [[name, perThousand]]))),
  };
  return spendFacts(known, span);
}

/** Tiles and cells of what is known of money. */
export function spendFacts(known: KnownSpend | null, span: ReadSpan, why = "no prices set"): Spend {
  const text = moneyText(known?.currency ?? null);
  const month = nameOf(periodOf("month", span.until - 1, span.timeZone));
  const common = { text, knownUntil: span.until, href: `/costs?month=${month}` };
  const reason = known ? "no predictions" : why;
  const { budget = null, forecast = null } = known ?? {};
  const over = budget && forecast ? forecast.value / budget - 1 : null;
  // Formatted as on the cost page, to three significant figures.
  const foreseen = (amount: number) => formatMoney(amount, known?.currency ?? null);
  return {
    spend: {
      month: monthWord(month),
      spent: figure({ ...common, id: "spend.spent", definition: "spend.spent", value: known?.spent ?? null, reason }),
      budget: figure({
        ...common,
        id: "spend.budget",
        definition: "spend.budget",
        value: budget,
        reason: known ? "no budget" : reason,
      }),
      forecast: figure({
        ...common,
        id: "spend.forecast",
        definition: "spend.forecast",
        value: forecast?.value ?? null,
        text: foreseen,
        interval: forecast && { ...forecast, level: forecastLevel },
        reason: known ? "not enough days" : reason,
      }),
      verdict: forecast
        ? against(forecast.value, budget)
            .replace(/^, /, "")
            .replace(/(under|over) budget$/, "$1")
        : "",
      state: stateOfSpend(over),
    },
    unitCost: {
      predictions: figure({
        ...common,
        id: "cost.predictions",
        definition: "cost.predictions",
        value: known?.perThousand ?? null,
        before: known?.perThousandBefore,
        unit: "predictions",
        reason,
      }),
      correct: figure({
        ...common,
        id: "cost.correct",
        definition: "cost.correct",
        value: known?.perThousandCorrect ?? null,
        unit: "correct",
        reason: known ? "no labels" : reason,
        basis: known?.labelled ? `${countText(known.labelled)} labelled predictions` : "",
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
              ...common,
              id: `cell.${model}.cost`,
              definition: "cell.cost",
              value: perThousand,
              href: `${common.href}&by=model`,
            }),
          },
        ],
      ]),
    ),
  };
}

function stateOfSpend(over: number | null): ReportState {
  if (over === null) return "no-data";
  if (over > 0) return "missed";
  return over > -0.05 ? "watch" : "on-target";
}
