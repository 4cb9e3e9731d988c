import { parseArgs } from "node:util";
import { measureDelays } from "./page-delay/measure.ts";
import type { Row } from "./report.ts";
import { startLeeway } from "./tracking/leeway-server.ts";

/** Maximum ratio of the median to the theory. Everything above 1 is overhead of any rule: counting, evaluation, group wait, sending. */
const maxTheoryRatio = 1.5;

/**
 * Measures the time from the first bad request to a page at a receiver, with real gateways, workers and HTTP, for some shares of failing
 * requests (`--shares 1,0.75,0.5`), each at its own endpoint at the same time. The SLO is 99.9 % in 30 days with the default rules, on
 * a service that was healthy for six hours. Beside it is the theoretical time: F · b · long / e (docs/spec/slo.md section 2.1).
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
