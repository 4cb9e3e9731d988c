import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { styleSeries } from "#components/charts/series-style.ts";
import { sampleRollout } from "./sample.ts";
import { SplitBar } from "./split-bar.tsx";

const version = (number: number) => ({ id: `v${number}`, label: "", points: [], version: number });

test.each([
  [3, 5],
  [2, 8],
])("shows v%i and v%i in the colours that the charts of the endpoint give them", (stable, canary) => {
  const { stable: of } = sampleRollout();
  const rollout = sampleRollout({ stable: { ...of, version: stable }, canary: { ...of, version: canary } });
  const markup = renderToStaticMarkup(<SplitBar rollout={rollout} rates={null} />);
  const bars = [...markup.matchAll(/--series:(var\([^)]+\))(?:;opacity:([\d.]+))?/g)].map(([, colour, opacity]) => ({
    colour,
    opacity: opacity && Number(opacity),
  }));
  const charts = styleSeries([version(stable), version(canary)]);
  expect(bars).toEqual(charts.map(({ colour, opacity }) => ({ colour, opacity })));
  for (const { dash } of charts) expect(markup).toContain(`stroke-dasharray="${dash}"`);
});
