import { boardRows } from "./alerts/board.ts";
import { firing } from "./alerts/firing.ts";
import { ingest, listMs } from "./alerts/ingest.ts";
import { startAlertmanager } from "./alerts/peer.ts";
import { visibilityRows } from "./alerts/visibility.ts";
import { atLeast, atMost, type Row } from "./report.ts";
import { startLeeway } from "./tracking/leeway-server.ts";

/** Minimum number of alerts per second. Prometheus sends each alert again every minute: twice the rate of 10,000 alerts. */
const minRate = 334;

/**
 * Measures 10,000 alerts that fire in 1,000 groups, posted as Prometheus posts them to Leeway as its users start it, and then to a real
 * Alertmanager: how fast they are ingested, how long amtool's list takes, how long the board's requests take, and how soon a change is
 * visible. Times are those of a client on the same machine, so they include the server but no network.
 */
export async function run(): Promise<Row[]> {
  const alerts = firing();
  const leeway = await startLeeway();
  let own: Numbers;
  let rest: Row[];
  try {
    own = await measure(leeway.client, alerts);
    rest = [...(await boardRows(leeway)), ...(await visibilityRows(leeway, alerts))];
  } finally {
    await leeway.stop();
  }
  const peer = await measuredPeer(alerts);
  const summarise = (name: string, unit: string, read: keyof Numbers) => ({ name, unit, leeway: own[read] });
  return [
    atLeast(minRate, summarise("ingest-first", "alerts/s", "first"), peer?.first),
    atLeast(minRate, summarise("ingest-again", "alerts/s", "again"), peer?.again),
    atMost(2_000, summarise("amtool-list-p95", "ms", "listMs"), peer?.listMs),
    ...rest,
  ];
}

interface Numbers {
  first: number;
  again: number;
  listMs: number;
}

async function measure(client: Parameters<typeof ingest>[0], alerts: ReturnType<typeof firing>): Promise<Numbers> {
  const first = await ingest(client, alerts);
  const again = await ingest(client, alerts);
  return { first, again, listMs: await listMs(client, alerts.length) };
}

async function measuredPeer(alerts: ReturnType<typeof firing>): Promise<Numbers | undefined> {
  const peer = await startAlertmanager();
  if (!peer) return undefined;
  try {
    return await measure(peer.client, alerts);
  } finally {
    await peer.stop();
  }
}
