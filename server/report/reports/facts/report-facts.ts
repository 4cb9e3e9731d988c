import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { readReleases } from "#server/release/outcomes/read-releases.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { describeEdge } from "#server/watch/cost/spending/describe-edge.ts";
import type { PortfolioCell } from "../contract.ts";
import { countText, figure } from "../figure.ts";
import { daysOf, type NamedPeriod, nameOf, spanOf, stepped, tickOf, titleOf } from "../periods.ts";
import { type MissedObjective, sentenceOf } from "../sentence/sentence-of.ts";
import type { ReportFacts } from "./contract.ts";
import { readImprovement } from "./improvement.ts";
import { type IncidentFacts, readIncidents } from "./incidents.ts";
import { hrefOf, objectiveTiles } from "./objective-tiles.ts";
import { ascending, type ReadObjective, type ReadSpan, readObjectives, stateOf } from "./objectives.ts";
import { columnLabels, columnOfSlo, portfolio } from "./portfolio.ts";
import { readQualityCells } from "./quality.ts";
import { readSpanOf } from "./read-span-of.ts";
import { readRisks } from "./risks.ts";
import { readSpend } from "./spend.ts";
import { lastPeriods, readTrends } from "./trends.ts";

const maxModels = 500;
const maxReleases = 40;

/**
 * Computes all facts of a period: the only source for page, drawer, print, email and response. The caller has checked permissions;
 * a caller limited to endpoints gets theirs. @param now milliseconds since 1970
 */
export async function reportFacts(ctx: Context, named: NamedPeriod, now = Date.now()): Promise<ReportFacts> {
  const span = readSpanOf(named, await workspaceTimeZone(ctx), now);
  const { endpoints } = await listEndpoints(ctx, { limit: maxModels });
  const serving = endpoints.filter(({ current, createdAt }) => current && createdAt.getTime() < span.to);
  const [read, { started, ...dealt }, { cells, ...money }, quality, releases, improvement] = await sideBySide(ctx, [
    () => readObjectives(ctx, span),
    () => readIncidents(ctx, span),
    () => readSpend(ctx, span),
    () => readQualityCells(ctx, serving, span),
    () => releaseFacts(ctx, named, span),
    () => readImprovement(ctx, span),
  ]);
  // Models with a value this period likely had one before; the others are not read twelve times.
  const known = serving.filter(({ name }) => quality.get(name)?.some(hasQuality));
  const [trends, risks] = await sideBySide(ctx, [
    () => readTrends(ctx, named, read, span, known),
    () => readRisks(ctx, read),
  ]);
  const facts = {
    ...headOf(named, span),
    ...objectiveTiles(read, span),
    ...dealt,
    ...money,
    releases,
    ...improvement,
    portfolio: portfolio(
      serving.map(({ name }) => name),
      read,
      // Each domain provides its own columns.
      new Map(serving.map(({ name }) => [name, [...(quality.get(name) ?? []), ...(cells.get(name) ?? [])]])),
      span,
    ),
    trends,
    risks,
  };
  return { ...facts, sentence: sentenceOf({ ...facts, missed: missedOf(read, started), worst: started[0] ?? null }) };
}

function hasQuality({ column, figure: { value, reason } }: PortfolioCell): boolean {
  return column === "quality" && (value !== null || reason === "labels due");
}

function headOf(named: NamedPeriod, { from, to, until, now, timeZone }: ReadSpan) {
  return {
    period: named.period,
    name: nameOf(named),
    title: titleOf(named),
    days: daysOf(named),
    from,
    to,
    asOf: now,
    isPartial: until < to,
    timeZone,
    edges: describeEdge(timeZone, from),
    previous: nameOf(stepped(named, -1)),
    next: to <= now ? nameOf(stepped(named, 1)) : null,
  };
}

function missedOf(read: readonly ReadObjective[], started: IncidentFacts["started"]): MissedObjective[] {
  const missed = read.filter((one) => stateOf(one) === "missed").toSorted(ascending);
  const models = new Map(missed.toReversed().map((one) => [one.model, one]));
  return [...models.values()].toSorted(ascending).map((one) => ({
    model: one.model,
    what: columnLabels[columnOfSlo(one)],
    href: hrefOf(one),
    incident: started.find(({ endpoint }) => endpoint === one.model) ?? null,
  }));
}

async function releaseFacts(ctx: Context, named: NamedPeriod, span: ReadSpan): Promise<ReportFacts["releases"]> {
  const periods = lastPeriods(named);
  const all = await readReleases(ctx, { from: spanOf(periods[0] ?? named, span.timeZone).from, to: span.until });
  const within = ({ from, to }: { from: number; to: number }) => all.filter(({ at }) => at >= from && at < to);
  const count = (each: NamedPeriod) => {
    const own = within(spanOf(each, span.timeZone));
    const released = own.filter(({ kind }) => kind === "released").length;
    return { name: tickOf(each), released, rolledBack: own.length - released };
  };
  const buckets = periods.map(count);
  const common = { text: countText, knownUntil: span.until, href: "/rollouts" };
  return {
    released: figure({
      ...common,
      id: "releases.released",
      definition: "releases.released",
      value: buckets.at(-1)?.released ?? 0,
      before: buckets.at(-2)?.released,
    }),
    rolledBack: figure({
      ...common,
      id: "releases.rolled-back",
      definition: "releases.rolled-back",
      value: buckets.at(-1)?.rolledBack ?? 0,
      before: buckets.at(-2)?.rolledBack,
    }),
    buckets,
    latest: within(span)
      .slice(0, maxReleases)
      .map(({ endpoint, endpointId, versionId, ref, ...release }) => release),
  };
}
