import { parseArgs } from "node:util";
import { measureDelays } from "./page-delay/measure.ts";
import type { Row } from "./report.ts";
import { startLeeway } from "./tracking/leeway-server.ts";

/** Of the median. What is above 1 is on top of any rule: counting, looking, the seconds in which alerts of one outage gather, sending. */
const maxTheoryRatio = 1.5;

/**
 * From the first bad request to a page at a receiver, with real gateways, workers and HTTP, for some shares of requests that fail
 * (`--shares 1,0.75,0.5`), each at an endpoint of its own at the same time. Promised are 99.9 % in 30 days with the standard rules, on
 * a service that was well for six hours. Beside it stands the time that the arithmetic needs: F · b · long / e (docs/spec/slo.md section 2.1).
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: { shares: { type: "string", default: "1,0.75,0.5" }, rate: { type: "string", default: "10" } },
  });
  const shares = values.shares.split(",").map(Number);
  const leeway = await startLeeway();
  try {
    const delays = await measureDelays(leeway, shares, Number(values.rate));
    console.table(delays);
    const ratios = delays.map(({ pagedSeconds, theorySeconds }) => pagedSeconds / theorySeconds);
    const middle = ratios.toSorted((a, b) => a - b)[Math.floor((ratios.length - 1) / 2)] ?? Number.NaN;
    return [
      ...delays.map(
        ({ share, pagedSeconds, theorySeconds }): Row => ({
          name: `page-delay-${100 * share}%`,
          unit: "s",
          leeway: pagedSeconds,
          peer: theorySeconds,
          goal: "told",
          ok: true,
        }),
      ),
      {
        name: "page-delay-median",
        unit: "of theory",
        leeway: middle,
        peer: 1,
        goal: `at most ${maxTheoryRatio} of theory`,
        ok: middle <= maxTheoryRatio,
      },
    ];
  } finally {
    await leeway.stop();
  }
}
