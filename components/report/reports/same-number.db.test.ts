import { MantineProvider } from "@mantine/core";
import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { machineHours, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { setWorkspaceTimeZone } from "#server/platform/identity/workspaces/set-workspace-time-zone.ts";
import type { Figure } from "#server/report/reports/contract.ts";
import { digestMessage } from "#server/report/reports/digest/digest-message.ts";
import { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { moneyText } from "#server/report/reports/figure.ts";
import { figuresOf } from "#server/report/reports/figures-of.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { nameOf } from "#server/report/reports/periods.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { plainSentence, spellCount } from "#server/report/reports/sentence/text.ts";
import { priceCores } from "#server/testing/fixtures/cost/testing.ts";
import { clientOf } from "#server/testing/fixtures/http/v1/testing.ts";
import { createReportFixture } from "#server/testing/fixtures/reports/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { getCosts } from "#server/watch/cost/report/queries.ts";
import { PortfolioPanel } from "./portfolio-panel.tsx";
import { ReportTiles } from "./report-tiles.tsx";
import { numbersOn, shownRows } from "./shown-rows.ts";
import { TrendsPanel } from "./trends-panel.tsx";

const drawer = (id: string) => `?fact=${id}`;

function textOf(node: ReactNode): { id: string; text: string }[] {
  const markup = renderToStaticMarkup(createElement(MantineProvider, null, node));
  // Text of a figure's link, without its tags.
  return [...markup.matchAll(/data-figure="([^"]+)"[^>]*>(.*?)<\/a>/g)].map(([, id = "", inside = ""]) => ({
    id,
    text: inside
      .replaceAll(/<[^>]+>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">"),
  }));
}

const shownAs = ({ value, text, reason }: Figure) => (value === null ? (reason ?? "") : text);

/** Records a core-hour on a machine with two cores, in the first hour of the week and in the hour before it. */
async function spendAround(ctx: Context, from: number): Promise<void> {
  const { endpointId, versionId } = await newServed(ctx, "priced");
  await priceCores(ctx, 1, new Date(from - 60 * dayMs));
  for (const at of [0, -hourMs]) {
    const hour = new Date(Math.ceil((from + at) / hourMs) * hourMs);
    const machine = { machine: "m", hour, cores: 2, gpus: 0, memoryBytes: 1, minutesUp: 2n ** 60n - 1n };
    await ctx.db.insert(machineHours).values({ ...machine, coreBusyMs: hourMs, served: 1 });
    const counts = { requests: 100, answered: 100, rows: 100, cacheHits: 0, coalesced: 0, computeMs: hourMs };
    const used = { workspaceId: ctx.actor.workspaceId, endpointId, versionId, arm: "stable" as const, provider: "cpu" };
    await ctx.db.insert(usageHours).values({ ...used, machine: "m", hour, ...counts });
  }
}

test.each(["UTC", "America/New_York", "Asia/Kolkata"])(
  "reports the same weekly spend in report, page, summary and API response in %s",
  (timeZone) =>
    inWorkspace(async (ctx) => {
      await setWorkspaceTimeZone(ctx, { timeZone });
      const { week, from } = await createReportFixture(ctx);
      await spendAround(ctx, from);
      const facts = await getReport(ctx, { name: nameOf(week) });
      const { to, timeZone: received } = facts;
      expect([received, facts.from]).toEqual([timeZone, from]);
      const call = await clientOf(ctx);
      const month = facts.spend.spent.href.slice(-7);
      const page = await getCosts(ctx, { month });
      expect(facts.spend.spent.text).toBe(moneyText("EUR")(page.total.spent));
      expect((await call("GET", `/costs?month=${month}`)).body).toMatchObject({
        timeZone,
        total: { spent: page.total.spent },
      });
      const requested = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
      const summary = (await call("GET", `/costs/summary?${requested}`)).body;
      // The hour before the week is excluded, whatever time zone the week starts in.
      expect(summary).toMatchObject({ spent: expect.closeTo(2), answered: 100, before: expect.closeTo(2) });
      expect(facts.unitCost.predictions).toMatchObject({ value: summary.perThousand, text: moneyText("EUR")(20) });
      expect(digestMessage(facts).facts.at(-1)?.value).toBe(timeZone);
      const review = await getReview(ctx, { name: nameOf(week) });
      expect([review.timeZone, review.from.getTime(), review.edges]).toEqual([timeZone, from, facts.edges]);
      expect(facts.edges === "").toBe(timeZone !== "Asia/Kolkata");
    })(),
);

test.each(["UTC", "America/New_York"])(
  "shows the same number in tile, cell, sentence, API response, print and email in %s",
  (timeZone) =>
    inWorkspace(async (ctx) => {
      await setWorkspaceTimeZone(ctx, { timeZone });
      const { week } = await createReportFixture(ctx);
      const facts = await getReport(ctx, { name: nameOf(week) });
      const figures = new Map(figuresOf(facts).map((figure) => [figure.id, figure]));
      // The print is the page itself, by other style sheets.
      const shown = [
        ...textOf(createElement(ReportTiles, { facts, drawer })),
        ...textOf(createElement(PortfolioPanel, { rows: facts.portfolio, shown: 7, drawer, more: "/" })),
        ...textOf(createElement(TrendsPanel, { facts, drawer })),
      ];
      expect(shown.length).toBeGreaterThan(15);
      for (const { id, text } of shown) {
        const figure = figures.get(id);
        expect(figure, id).toBeDefined();
        if (figure) expect(text, id).toContain(shownAs(figure));
      }
      for (const { text, figure: id } of facts.sentence) {
        const figure = id === undefined ? undefined : figures.get(id);
        if (figure && figure.value !== null)
          expect([figure.text, spellCount(figure.value)], text).toContain(text.toLowerCase());
      }
      const result = await (await clientOf(ctx))("GET", `/reports/${nameOf(week)}`);
      expect(figuresOf(ReportFacts.parse(result.body))).toEqual([...figures.values()]);
      const { lines, facts: received } = digestMessage(facts);
      expect(lines[0]).toBe(plainSentence(facts.sentence));
      for (const id of ["objectives.met", "incidents.count", "incidents.customer-minutes", "response.restore"]) {
        const text = figures.get(id)?.text ?? "";
        expect(
          received.some(({ value }) => value === text || value.startsWith(`${text} `) || value.startsWith(`${text},`)),
          id,
        ).toBe(true);
      }
    })(),
);

test(
  "shows at most sixty numbers on the screen, and always the worst model",
  inWorkspace(async (ctx) => {
    const { week } = await createReportFixture(ctx);
    const facts = await getReport(ctx, { name: nameOf(week) });
    const [worst] = facts.portfolio;
    const full = worst?.cells.map((cell) => ({ ...cell, figure: { ...cell.figure, value: 1 } })) ?? [];
    const many = {
      ...facts,
      portfolio: Array.from({ length: 20 }, () => ({ ...facts.portfolio[0], cells: full })),
    } as ReportFacts;
    const rows = shownRows(many);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(7);
    expect(numbersOn(many, rows)).toBeLessThanOrEqual(60);
  }),
);
