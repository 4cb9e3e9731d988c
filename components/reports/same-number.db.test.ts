import { MantineProvider } from "@mantine/core";
import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { clientOf } from "#server/http/v1/testing.ts";
import type { Figure } from "#server/reports/contract.ts";
import { digestMessage } from "#server/reports/digest/digest-message.ts";
import { ReportFacts } from "#server/reports/facts/contract.ts";
import { figuresOf } from "#server/reports/figures-of.ts";
import { getReport } from "#server/reports/get-report.ts";
import { nameOf } from "#server/reports/periods.ts";
import { countWords, plainSentence } from "#server/reports/sentence/words.ts";
import { newReportScene } from "#server/reports/testing.ts";
import { inWorkspace } from "#server/testing.ts";
import { PortfolioPanel } from "./portfolio-panel.tsx";
import { ReportTiles } from "./report-tiles.tsx";
import { numbersOn, shownRows } from "./shown-rows.ts";
import { TrendsPanel } from "./trends-panel.tsx";

const drawer = (id: string) => `?fact=${id}`;

function textOf(node: ReactNode): { id: string; text: string }[] {
  const markup = renderToStaticMarkup(createElement(MantineProvider, null, node));
  // What a figure's link says, without its tags.
  return [...markup.matchAll(/data-figure="([^"]+)"[^>]*>(.*?)<\/a>/g)].map(([, id = "", inside = ""]) => ({
    id,
    text: inside
      .replaceAll(/<[^>]+>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">"),
  }));
}

const shownAs = ({ value, text, reason }: Figure) => (value === null ? (reason ?? "") : text);

test(
  "the same number is the same in tile, cell, sentence, answer, print and mail",
  inWorkspace(async (ctx) => {
    const { week } = await newReportScene(ctx);
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
        expect([figure.text, countWords(figure.value)], text).toContain(text.toLowerCase());
    }
    const answer = await (await clientOf(ctx))("GET", `/reports/${nameOf(week)}`);
    expect(figuresOf(ReportFacts.parse(answer.body))).toEqual([...figures.values()]);
    const { lines, facts: told } = digestMessage(facts);
    expect(lines[0]).toBe(plainSentence(facts.sentence));
    for (const id of ["objectives.met", "incidents.count", "incidents.customer-minutes", "response.restore"]) {
      const text = figures.get(id)?.text ?? "";
      expect(
        told.some(({ value }) => value === text || value.startsWith(`${text} `) || value.startsWith(`${text},`)),
        id,
      ).toBe(true);
    }
  }),
);

test(
  "at most sixty numbers are on the screen, and the worst model always is",
  inWorkspace(async (ctx) => {
    const { week } = await newReportScene(ctx);
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
