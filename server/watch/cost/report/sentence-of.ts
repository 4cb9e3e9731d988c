import { percent } from "#server/base/format-number.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import { formatMoney } from "../money.ts";
import type { CostReport, CostRow, SentencePart } from "./contract.ts";

type Spoken = Pick<CostReport, "month" | "currency" | "total" | "rows" | "ahead">;

/** Less than that is what budgets are met with. */
const nearShare = 0.005;

/**
 * Summarises the month in a sentence: the forecast and its relation to the budget, then the worst items, each with a link to its
 * subject.
 * Example: "May will probably end at €36,400, 4% under budget. eta-minutes is heading 15% over: its machines are idle 71% of the
 * time."
 */
export function sentenceOf({ month, currency, total, rows, ahead }: Spoken): SentencePart[] {
  if (currency === null) {
    return [said("No prices set yet: usage is metered, costs are not. "), linked("Set prices", "/costs/prices")];
  }
  const name = monthName(month);
  const { forecast, spent, budget } = total;
  const hasEnded = ahead.length === 0 && forecast !== null && forecast.low === forecast.high;
  const first = hasEnded
    ? `${name} cost ${formatMoney(spent, currency)}${against(spent, budget)}.`
    : forecast
      ? `${name} is forecast to end at ${formatMoney(forecast.value, currency)}${against(forecast.value, budget)}.`
      : `${formatMoney(spent, currency)} spent in ${name} so far; not enough days for a forecast.`;
  return [said(first), ...worst(rows, currency)];
}

function worst(rows: readonly CostRow[], currency: string): SentencePart[] {
  const over = rows
    .flatMap((row) => (row.budget && row.forecast ? [{ row, share: row.forecast.value / row.budget - 1 }] : []))
    .filter(({ share }) => share > nearShare)
    .sort((a, b) => b.share - a.share)[0];
  if (over) {
    const { row, share } = over;
    const why =
      row.busy !== null && row.busy < 0.5 ? `: its machines are idle ${percent(round(1 - row.busy))} of the time` : "";
    return [
      said(" "),
      linked(row.name, hrefOf(row)),
      said(` is forecast to be ${percent(round(share))} over budget${why}.`),
    ];
  }
  const odd = rows.find(({ unusual }) => unusual && unusual.spent > unusual.expected);
  if (odd?.unusual) {
    const { spent, expected } = odd.unusual;
    const words = ` cost ${formatMoney(spent, currency)} yesterday; ${formatMoney(expected, currency)} is typical.`;
    return [said(" "), linked(odd.name, hrefOf(odd)), said(words)];
  }
  return [];
}

/** Formats the relation to a budget: ", 4% under budget", ", on budget"; "" without a budget. */
export function against(value: number, budget: number | null): string {
  if (!budget) return "";
  const share = value / budget - 1;
  if (Math.abs(share) < nearShare) return ", on budget";
  return `, ${percent(round(Math.abs(share)))} ${share < 0 ? "under" : "over"} budget`;
}

/** Returns the link to a row's details. */
function hrefOf({ kind, name }: Pick<CostRow, "kind" | "name">): string | null {
  return kind === "endpoint" ? endpointTabHref(name, "cost") : null;
}

function round(share: number): number {
  return share < 0.1 ? Math.round(share * 1000) / 1000 : Math.round(share * 100) / 100;
}

/** Formats the name of a month: "May" for "2026-05". */
function monthName(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleString("en", { month: "long", timeZone: "UTC" });
}

function said(text: string): SentencePart {
  return { text, href: null };
}

function linked(text: string, href: string | null): SentencePart {
  return { text, href };
}
