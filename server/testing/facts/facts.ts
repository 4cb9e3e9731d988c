import { MantineProvider } from "@mantine/core";
import { desc } from "drizzle-orm";
import { AppRouterContext, type AppRouterInstance } from "next/dist/shared/lib/app-router-context.shared-runtime.js";
import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { GuardrailsPanel } from "#components/release/rollouts/guardrails-panel.tsx";
import { OverviewEndpoints } from "#components/report/overview/overview-endpoints.tsx";
import { PortfolioPanel } from "#components/report/reports/portfolio-panel.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { FleetTable } from "#components/respond/fleet/fleet-table.tsx";
import { IncidentsTable } from "#components/respond/incidents/incidents-table.tsx";
import { ResponseTiles } from "#components/respond/incidents/response-tiles.tsx";
import { SlosTable } from "#components/watch/slo/slos-table.tsx";
import { notifications } from "#db/schema/index.ts";
import type { Message } from "#server/alerting/notifications/contract.ts";
import { readMessage } from "#server/alerting/notifications/stored-message.ts";
import type { Context } from "#server/base/context.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { getRollout } from "#server/release/rollouts/queries.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { digestMessage } from "#server/report/reports/digest/digest-message.ts";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { searchEverything } from "#server/report/search/queries.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listFleet } from "#server/respond/fleet/queries.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { formatBudgetLeft } from "#server/watch/slo/engine/contract.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import type { clientOf } from "../fixtures/http/v1/testing.ts";

/** What the facts are read of: one endpoint, with one SLO, one incident or one rollout, as far as the fact needs it. */
export interface FactsFixture {
  ctx: Context;
  call: Awaited<ReturnType<typeof clientOf>>;
  endpoint: string;
  endpointId: string;
  rolloutId?: string;
  /** Name of the period whose report is read; the current week when omitted. */
  report?: string;
}

type Read = (fixture: FactsFixture) => Promise<unknown>;

/** Places that show a fact, by their names for people; each reads what a person or a program sees there. */
export type Places = Readonly<Record<string, Read>>;

const noPages = { total: 0, rated: 0, actionable: 0 };
const report = ({ ctx, report: name }: FactsFixture): Promise<ReportFacts> => getReport(ctx, name ? { name } : {});
const rest = async ({ call }: FactsFixture, path: string) => (await call("GET", path)).body;

function markupOf(node: ReactNode): string {
  // Tables lead to the page of a row by the router, which only pages have.
  const routed = createElement(AppRouterContext.Provider, { value: {} as AppRouterInstance }, node);
  return renderToStaticMarkup(createElement(MantineProvider, null, routed));
}

/** Returns the cells of the rows of all tables in a component, as text; the first row is the head. */
function cellsOf(node: ReactNode): string[][] {
  const markup = markupOf(node);
  return [...markup.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) => plain(cell)),
  );
}

function textOf(node: ReactNode): string {
  return plain(markupOf(node));
}

function plain(markup: string): string {
  return markup
    .replaceAll(/<style.*?<\/style>/gs, "")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();
}

/** Returns the cell of the column with this head, in the first row that is not the heading of a section. */
function cellOf(node: ReactNode, head: string): string | undefined {
  const [heads = [], ...rows] = cellsOf(node);
  return rows.find((row) => row.length === heads.length)?.[heads.indexOf(head)];
}

async function described({ ctx, endpoint }: FactsFixture) {
  const [one] = await withStates(ctx, [await getEndpoint(ctx, { name: endpoint })]);
  if (!one) throw new Error("The endpoint is missing.");
  return one.state;
}

async function endpointsTable({ ctx }: FactsFixture): Promise<ReactNode> {
  const { rows } = await listFleet(ctx);
  return createElement(FleetTable, { rows, allHref: undefined, now: Date.now() });
}

/** Returns the newest message of a kind that was enqueued for people. */
async function messageOf({ ctx }: FactsFixture, kind: "group" | "change", begins = "") {
  const rows = await ctx.db.select().from(notifications).orderBy(desc(notifications.sequence));
  return rows
    .filter((row) => row.kind === kind)
    .map(({ message }) => readMessage(message))
    .find(({ title }) => title.startsWith(begins));
}

async function metrics(fixture: FactsFixture) {
  const { from, to } = await report(fixture);
  return responseMetrics(fixture.ctx, { from: new Date(from), to: new Date(to - 1) });
}

const digestFact = async (fixture: FactsFixture, name: RegExp) =>
  digestMessage(await report(fixture)).facts.find((fact) => name.test(fact.name))?.value;

async function portfolioCell(fixture: FactsFixture, column: string) {
  return (await report(fixture)).portfolio
    .find(({ model }) => model === fixture.endpoint)
    ?.cells.find((cell) => cell.column === column);
}

const lower = (text: string | undefined) => text?.toLowerCase();
const affected = (text: string | undefined) => /([\d,]+) requests? (?:was|were) affected/.exec(text ?? "")?.[1];
const affectedShare = (message: Message | undefined) =>
  message?.facts.find(({ name }) => name === "Affected")?.value.replace(" of traffic", "");
const rolledBack = async ({ ctx, rolloutId = "" }: FactsFixture) =>
  (await listRolloutDecisions(ctx, { rolloutId })).decisions.find(({ kind }) => kind === "roll-back")?.words;

/**
 * Facts that several places show, with all of these places. Each place must have the same value: the test beside this file reads them and
 * compares. A page or a message that shows one of these facts in its own way is added here.
 */
export const facts = {
  "state of an endpoint": {
    "head of the endpoint": async (fixture) => {
      const state = await described(fixture);
      return `${textOf(createElement(EndpointStateBadge, { state }))}${state.reason}`;
    },
    Endpoints: async (fixture) => cellOf(await endpointsTable(fixture), "State"),
    "API, endpoint": async (fixture) => {
      const { state } = await rest(fixture, `/endpoints/${fixture.endpoint}`);
      return `${state.word}${state.reason}`;
    },
    "API, endpoints": async (fixture) => {
      const { state } = (await rest(fixture, "/endpoints")).endpoints[0];
      return `${state.word}${state.reason}`;
    },
  },
  "word for the state of an endpoint": {
    "head of the endpoint": async (fixture) => (await described(fixture)).word,
    search: async ({ ctx, endpoint }) =>
      (await searchEverything(ctx, { q: endpoint })).items.find(({ kind }) => kind === "endpoint")?.state?.word,
    "API, search": async (fixture) =>
      (await rest(fixture, `/search?q=${fixture.endpoint}`)).items.find(
        ({ kind }: { kind: string }) => kind === "endpoint",
      )?.state.word,
    Overview: async ({ ctx }) =>
      cellOf(createElement(OverviewEndpoints, { endpoints: (await getOverview(ctx)).endpoints }), "State"),
  },
  "title of an incident": {
    Incidents: async ({ ctx }) =>
      cellOf(
        createElement(IncidentsTable, {
          label: "Incidents",
          incidents: (await listIncidents(ctx)).incidents,
          scaleEnd: 1,
          now: 0,
        }),
        "Incident",
      )?.replace(/^INC-\d+ /, ""),
    "API, incident": async (fixture) => (await rest(fixture, "/incidents/1")).title,
    "API, incidents": async (fixture) => (await rest(fixture, "/incidents")).incidents[0].title,
    "page that was sent": async (fixture) => (await messageOf(fixture, "group"))?.title.replace(/^[A-Z]+ · /, ""),
    "On call, headline": async (fixture) => (await rest(fixture, "/triage?incident=1")).title,
    "On call, row": async (fixture) => (await rest(fixture, "/triage/queue")).rows[0].title,
    timeline: async (fixture) =>
      (await rest(fixture, "/incidents/1/timeline")).events
        .map(({ title }: { title: string }) => title)
        .find((title: string) => title.startsWith("Paged: "))
        ?.replace("Paged: ", ""),
    "reason of the endpoint's state": async (fixture) => `${fixture.endpoint}: ${(await described(fixture)).reason}`,
  },
  "share of the traffic that is affected": {
    "On call": async (fixture) => percent((await rest(fixture, "/triage/queue")).rows[0].reach),
    "page that was sent": async (fixture) => affectedShare(await messageOf(fixture, "group", "PAGE")),
    "ticket that was sent": async (fixture) => affectedShare(await messageOf(fixture, "group", "TICKET")),
    "title of the incident": async (fixture) =>
      /([\d.]+%) of requests/.exec((await rest(fixture, "/incidents/1")).title)?.[1],
  },
  "state of an SLO": {
    SLOs: async ({ ctx }) => {
      const { slos } = await listSlos(ctx);
      return lower(cellOf(createElement(SlosTable, { slos, now: Date.now(), label: "SLOs" }), "State"));
    },
    "API, SLO": async (fixture) => lower((await rest(fixture, `/slos/${fixture.endpoint}-answers`)).condition.word),
    "API, SLOs": async (fixture) => lower((await rest(fixture, "/slos")).slos[0].condition.word),
    "Overview, portfolio": async (fixture) => {
      const { portfolio: rows } = await report(fixture);
      const node = createElement(PortfolioPanel, { rows, shown: 7, drawer: (id: string) => id, more: "/" });
      const cell = (await portfolioCell(fixture, "reliability"))?.figure.text ?? "";
      return lower(cellOf(node, "Reliability")?.replace(cell, ""));
    },
    "Overview, budgets": async (fixture) => lower((await report(fixture)).budgets.rows[0]?.word),
    "weekly email": async (fixture) =>
      lower(/\((.+)\)$/.exec((await digestFact(fixture, /^Error budget left/)) ?? "")?.[1]),
  },
  "error budget left": {
    SLOs: async ({ ctx }) => {
      const { slos } = await listSlos(ctx);
      const [heads = [], row = []] = cellsOf(createElement(SlosTable, { slos, now: Date.now(), label: "SLOs" }));
      return row[heads.indexOf("State") - 1];
    },
    "API, SLO": async (fixture) => {
      const { budget } = await rest(fixture, `/slos/${fixture.endpoint}-answers`);
      return budget.remaining < 0 ? `${formatBudgetLeft(-budget.remaining)} over` : formatBudgetLeft(budget.remaining);
    },
    "Overview, budgets": async (fixture) => (await report(fixture)).budgets.rows[0]?.left.text,
    "weekly email": async (fixture) => (await digestFact(fixture, /^Error budget left/))?.replace(/ \(.*/, ""),
  },
  "changes that were rolled back": {
    "Overview, releases": async (fixture) => (await report(fixture)).releases.rolledBack.value,
    "Overview, list of releases": async (fixture) =>
      (await report(fixture)).releases.latest.filter(({ kind }) => kind === "rolled-back").length,
    "Overview of now": async ({ ctx }) => (await getOverview(ctx)).releases.filter(({ isReturn }) => isReturn).length,
    Incidents: async (fixture) =>
      Number(
        /, (\d+) rolled back/.exec(
          textOf(createElement(ResponseTiles, { metrics: await metrics(fixture), pages: noPages })),
        )?.[1],
      ),
    "weekly email": async (fixture) => Number((await digestFact(fixture, /^Rollbacks$/))?.split(" ")[0]),
    "changes of the endpoint": async (fixture) => {
      const { from, to } = await report(fixture);
      const span = { from: new Date(from), to: new Date(to), limit: 100 };
      const changes = await listChanges(fixture.ctx, { endpointId: fixture.endpointId, ...span });
      return changes.filter(({ kind }) => kind === "rollback").length;
    },
  },
  "quality of an endpoint": {
    Overview: async (fixture) => (await portfolioCell(fixture, "quality"))?.figure.value ?? null,
    Quality: async (fixture) => {
      const { from, to } = await report(fixture);
      const span = { from: new Date(from), to: new Date(to) };
      return (await getQuality(fixture.ctx, { endpointId: fixture.endpointId, ...span })).realised?.value ?? null;
    },
    API: async (fixture) => {
      const { from, to } = await report(fixture);
      const span = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
      return (await rest(fixture, `/endpoints/${fixture.endpoint}/quality?${span}`)).realised?.value ?? null;
    },
  },
  "why a rollout was rolled back": {
    decisions: rolledBack,
    "API, decisions": async (fixture) =>
      (await rest(fixture, `/rollouts/${fixture.rolloutId}/decisions`)).decisions.find(
        ({ kind }: { kind: string }) => kind === "roll-back",
      )?.words,
    "message about the change": async (fixture) => (await messageOf(fixture, "change"))?.lines[0],
  },
  "requests that a rollout affected": {
    "API, counts": async (fixture) => {
      const [errors] = (await rest(fixture, `/rollouts/${fixture.rolloutId}`)).evidence.guardrails;
      return formatCount(errors.canary.events);
    },
    decision: async (fixture) => affected(await rolledBack(fixture)),
    "message about the change": async (fixture) => affected((await messageOf(fixture, "change"))?.lines[0]),
    report: async (fixture) => affected((await report(fixture)).releases.latest[0]?.rollout?.affectedWords),
  },
  "counts of a guardrail": {
    "API, rollout": async (fixture) => {
      const [{ canary, stable }] = (await rest(fixture, `/rollouts/${fixture.rolloutId}`)).evidence.guardrails;
      return [canary.events, canary.units, stable.events, stable.units].map(formatCount);
    },
    "Rollout, guardrails": async ({ ctx, rolloutId = "" }) => {
      const rollout = await getRollout(ctx, { rolloutId });
      const rows = cellsOf(createElement(GuardrailsPanel, { rollout, points: [], until: Date.now() }));
      const row = rows.find(([name = ""]) => name.startsWith("Errors")) ?? rows.at(-1) ?? [];
      const counts = (cell = "") => /([\d,]+) of ([\d,]+)/.exec(cell)?.slice(1) ?? [];
      return [...counts(row[3]), ...counts(row[2])];
    },
  },
} satisfies Record<string, Places>;
