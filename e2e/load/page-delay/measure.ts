import pg from "pg";
import { hourMs } from "#server/base/durations.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { waitFor } from "../../suite/stack.ts";
import { startTraffic } from "../rollout/arm-traffic.ts";
import { serveStable } from "../rollout/program.ts";
import type { LeewayServer } from "../tracking/leeway-server.ts";
import { openPager, type Pager } from "./pager.ts";

const target = 0.999;
/** The tier that finds a sudden outage first. */
const fastest = { factor: 14.4, longSeconds: 3600 };
const historyHours = 6;
/** Time for the last look, the last count and the last retry, on a busy machine. */
const maxOverheadMs = 180_000;

export interface Delay {
  share: number;
  theorySeconds: number;
  /** Seconds from the first bad request until the start that the alert reports. */
  firedSeconds: number;
  /** Until the page was delivered. */
  pagedSeconds: number;
  ratio: number;
}

/** Measures the delays. @param shares of failing requests @param rate of requests a second at each endpoint */
export async function measureDelays(leeway: LeewayServer, shares: readonly number[], rate: number): Promise<Delay[]> {
  const { url, gatewayUrl, environment } = leeway.stack;
  const demo: DemoTarget = { url, gatewayUrl, token: environment.LEEWAY_TOKEN ?? "" };
  const pager = await openPager();
  try {
    const channels = [{ settings: { kind: "webhook", url: pager.url } }];
    await send(demo, "POST", `${url}/api/v1/receivers`, { name: "on-call", channels });
    // One after the other: what is deployed while others are measured would disturb them.
    const fixtures: Fixture[] = [];
    for (const share of shares) fixtures.push(await openFixture(leeway, demo, share, rate));
    try {
      for (const { slo } of fixtures) await waitFor(() => isCounted(demo, slo, rate), 300_000);
      return await Promise.all(fixtures.map((fixture) => delayOf(fixture, pager)));
    } finally {
      await Promise.all(fixtures.map(({ traffic }) => traffic.stop()));
    }
  } finally {
    pager.close();
  }
}

type Fixture = Awaited<ReturnType<typeof openFixture>>;

/** Creates an endpoint with healthy traffic, past hours included, and its SLO. */
async function openFixture({ databaseUrl }: LeewayServer, demo: DemoTarget, share: number, rate: number) {
  const name = `delay-${Math.round(100 * share)}`;
  await serveStable(demo, name, "bad");
  let failing = 0;
  // The last category always fails, the first never does.
  const traffic = startTraffic(demo, name, { ratePerSecond: rate, seed: 1, shares: () => [1 - failing, 0, failing] });
  const { id: endpointId } = await send<{ id: string }>(demo, "GET", `${demo.url}/api/v1/endpoints/${name}`);
  await addHistory(databaseUrl, endpointId, rate);
  const indicator = { kind: "availability", endpointId };
  const definition = { target, period: { kind: "rolling", days: 30 }, indicator };
  await send(demo, "POST", `${demo.url}/api/v1/slos`, { name, definition });
  const fail = () => {
    failing = share;
  };
  return { share, slo: name, traffic, fail };
}

/** Adds complete minutes before this one, as a gateway would have written them. */
async function addHistory(databaseUrl: string, endpointId: string, rate: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into serving_windows (workspace_id, endpoint_id, version_id, arm, gateway_id, window_start, requests, rows, failures,
         latency_sum_ms, queue_sum_ms, compute_sum_ms, latency_buckets)
       select endpoints.workspace_id, endpoints.id, deployed.version_id, 'stable', 'history', at, $2, $2, '{}', 0, 0, 0, '{}'
       from endpoints
       cross join lateral (select version_id from deployments where endpoint_id = endpoints.id limit 1) as deployed
       cross join generate_series(date_trunc('minute', now()) - $3 * interval '1 hour', date_trunc('minute', now()) - interval '1 minute',
         interval '1 minute') as at
       where endpoints.id = $1`,
      [endpointId, 60 * rate, historyHours],
    );
  } finally {
    await client.end();
  }
}

interface SeenSlo {
  firing: string | null;
  tiers: { total: number }[];
}

/** Returns whether the worker has counted the complete hour before, in which nothing fails. */
async function isCounted(demo: DemoTarget, slo: string, rate: number): Promise<boolean> {
  const { firing, tiers } = await send<SeenSlo>(demo, "GET", `${demo.url}/api/v1/slos/${slo}`);
  if (firing !== null) throw new Error(`${slo} fires before anything failed.`);
  return (tiers[0]?.total ?? 0) >= 0.97 * rate * (hourMs / 1000);
}

async function delayOf({ share, slo, traffic, fail }: Fixture, pager: Pager): Promise<Delay> {
  const theorySeconds = Math.round((100 * fastest.factor * (1 - target) * fastest.longSeconds) / share) / 100;
  fail();
  const find = () => pager.pages.find((page) => page.slo === slo);
  await waitFor(async () => find() !== undefined, theorySeconds * 1000 + maxOverheadMs);
  const page = find();
  const began = Math.min(...traffic.calls.filter(({ status }) => status >= 500).map(({ sentAt }) => sentAt));
  if (!page || !Number.isFinite(began)) throw new Error(`${slo} paged, and nothing failed.`);
  const seconds = (at: number) => Math.round((at - began) / 100) / 10;
  const pagedSeconds = seconds(page.at);
  return {
    share,
    theorySeconds,
    firedSeconds: seconds(page.startsAt),
    pagedSeconds,
    ratio: Math.round((100 * pagedSeconds) / theorySeconds) / 100,
  };
}
