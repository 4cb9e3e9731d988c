import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import {
  type Figure,
  type PortfolioCell,
  type PortfolioColumn,
  type PortfolioRow,
  portfolioColumns,
} from "../contract.ts";
import { countText, figure, shareText } from "../figure.ts";
import { hrefOf } from "./objective-tiles.ts";
import { ascending, byState, type ReadObjective, type ReadSpan, reportState, worstOf } from "./objectives.ts";

type Kind = NonNullable<ReadObjective["slo"]["definition"]["indicator"]>["kind"];

const columnOf: Partial<Record<Kind, PortfolioColumn>> = {
  availability: "reliability",
  latency: "reliability",
  "primary-answered": "reliability",
  posted: "reliability",
  "realised-quality": "quality",
  "estimated-quality": "quality",
  "drift-budget": "quality",
  "data-quality": "quality",
  freshness: "freshness",
  "feature-freshness": "freshness",
  "view-lag": "freshness",
  "label-timeliness": "freshness",
  cost: "cost",
};

/** Names of columns in sentences about missed objectives. */
export const columnLabels: Record<PortfolioColumn, string> = {
  reliability: "reliability",
  quality: "quality",
  freshness: "freshness",
  fairness: "fairness",
  cost: "its cost limit",
};

/** Returns the column that an SLO belongs to; composites belong to reliability. */
export function columnOfSlo({ slo }: Pick<ReadObjective, "slo">): PortfolioColumn {
  const kind = slo.definition.indicator?.kind;
  return (kind && columnOf[kind]) ?? "reliability";
}

/** Cells of a model known to other domains; a cell here replaces one that would be empty. */
export type KnownCells = ReadonlyMap<string, readonly PortfolioCell[]>;

/** Models by how they ended, the worst first. @param models names of endpoints that serve, with or without objectives */
export function portfolio(
  models: readonly string[],
  read: readonly ReadObjective[],
  known: KnownCells,
  span: ReadSpan,
): PortfolioRow[] {
  const byModel = Map.groupBy(read, ({ model }) => model);
  const names = new Set([...models, ...byModel.keys()]);
  const rows = [...names].map((model): PortfolioRow => {
    const own = byModel.get(model) ?? [];
    const cells = portfolioColumns.map((column) => cellOf({ model, column, own, known: known.get(model) ?? [] }, span));
    const isEndpoint = models.includes(model);
    const href = isEndpoint ? endpointTabHref(model) : "/slos";
    return { model, href, state: worstOf(cells.map(({ state }) => state)), cells };
  });
  const least = (row: PortfolioRow) => byModel.get(row.model)?.toSorted(ascending)[0];
  return rows.toSorted((one, other) => {
    const [mine, theirs] = [least(one), least(other)];
    const byBudget = mine && theirs ? ascending(mine, theirs) : 0;
    return (
      byState(one.state, other.state) || (Number.isNaN(byBudget) ? 0 : byBudget) || one.model.localeCompare(other.model)
    );
  });
}

interface Cell {
  model: string;
  column: PortfolioColumn;
  own: readonly ReadObjective[];
  known: readonly PortfolioCell[];
}

function cellOf({ model, column, own, known }: Cell, span: ReadSpan): PortfolioCell {
  const knownCell = known.find((cell) => cell.column === column);
  const objectives = own.filter((one) => columnOfSlo(one) === column).toSorted(ascending);
  const [worst] = objectives;
  if (!worst || (worst.remaining === null && knownCell))
    return knownCell ?? { column, state: "no-data", figure: empty(model, column, span) };
  const { standing } = worst;
  const shown = { column, state: reportState(standing), word: standing.word };
  // Known costs are shown as money, and quality as its own page shows it; the objective decides how they stand.
  if ((column === "cost" || column === "quality") && knownCell) return { ...knownCell, ...shown };
  return { ...shown, figure: shareOf(model, column, worst, span) };
}

function shareOf(model: string, column: PortfolioColumn, worst: ReadObjective, span: ReadSpan): Figure {
  return figure({
    id: `cell.${model}.${column}`,
    definition: `cell.${column}`,
    text: shareText,
    href: hrefOf(worst),
    value: worst.remaining === null ? null : worst.ratio,
    before: worst.before.ratio,
    knownUntil: worst.knownUntil,
    basis: `${countText(worst.total)} events, objective ${shareText(worst.slo.definition.target)} (${worst.slo.name})`,
    unit: worst.slo.definition.indicator?.kind === "estimated-quality" ? "estimated" : "",
    reason: worst.knownUntil <= span.from ? "labels due" : "no events",
  });
}

const whyEmpty: Record<PortfolioColumn, string> = {
  reliability: "no SLO",
  quality: "no labels",
  freshness: "no SLO",
  fairness: "no groups",
  cost: "no prices",
};

function empty(model: string, column: PortfolioColumn, { until }: ReadSpan): Figure {
  return figure({
    id: `cell.${model}.${column}`,
    definition: `cell.${column}`,
    text: shareText,
    value: null,
    knownUntil: until,
    href: endpointTabHref(model),
    reason: whyEmpty[column],
  });
}
