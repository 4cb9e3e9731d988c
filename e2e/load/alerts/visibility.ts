import { setTimeout as pause } from "node:timers/promises";
import { atMost, type Row } from "../report.ts";
import { type Client, quantile } from "../tracking/client.ts";
import type { LeewayServer } from "../tracking/leeway-server.ts";
import { type Events, openEvents } from "./events.ts";
import type { FiringAlert } from "./firing.ts";

const most = 1_000;
const changes = 20;

interface Group {
  id: string;
  state: string;
  labels: Record<string, string>;
}

/** Measures how soon after the request a change of a group is in the list, and is delivered to open pages. */
export async function visibilityRows({ client, stack }: LeewayServer, alerts: readonly FiringAlert[]): Promise<Row[]> {
  const events = await openEvents(stack.url, stack.environment.LEEWAY_TOKEN ?? "");
  try {
    const { groups } = await read<{ groups: Group[] }>(
      client,
      `/api/v1/alert-groups?state=firing&limit=${2 * changes}`,
    );
    const [taken, ended]: [Seen[], Seen[]] = [[], []];
    for (const [index, group] of groups.entries()) {
      if (index % 2 === 0)
        taken.push(await seen({ client, events, group, wanted: "acknowledged" }, () => take(client, group)));
      else ended.push(await seen({ client, events, group, wanted: "resolved" }, () => end(client, group, alerts)));
    }
    const row = (name: string, times: number[]) =>
      atMost(most, { name, unit: "ms", leeway: times.length > 0 ? quantile(times, 0.95) : Number.NaN });
    return [
      row("ack-listed-p95", listed(taken)),
      row("ack-told-p95", summarise(taken)),
      row("resolve-listed-p95", listed(ended)),
      row("resolve-told-p95", summarise(ended)),
    ];
  } finally {
    events.close();
  }
}

/** Milliseconds from the request on. */
interface Seen {
  listed: number;
  latencyMs: number;
}

const listed = (all: readonly Seen[]) => all.map(({ listed }) => listed);
const summarise = (all: readonly Seen[]) => all.map(({ latencyMs: received }) => received);

interface Change {
  client: Client;
  events: Events;
  group: Group;
  wanted: "acknowledged" | "resolved";
}

async function seen({ client, events, group, wanted }: Change, act: () => Promise<unknown>): Promise<Seen> {
  const startedAt = performance.now();
  const message = events.next(group.id).then(() => performance.now() - startedAt);
  await act();
  // A resolved group leaves the list of firing ones immediately, and later the list of open ones.
  const isThere = wanted === "acknowledged";
  const path = `/api/v1/alert-groups?state=${isThere ? wanted : "firing"}&search=${group.labels.service}&limit=500`;
  for (const until = startedAt + 30_000; performance.now() < until; await pause(20)) {
    const { groups } = await read<{ groups: Group[] }>(client, path);
    if (groups.some(({ id }) => id === group.id) !== isThere) continue;
    return { listed: performance.now() - startedAt, latencyMs: await message };
  }
  throw new Error(`${group.labels.service} is not ${wanted} after 30 s.`);
}

function take(client: Client, { id }: Group): Promise<unknown> {
  return client.send("POST", `/api/v1/alert-groups/${id}/acknowledgement`, JSON.stringify({ note: "Measured" }));
}

/** Resolves all alerts of the group. */
function end(client: Client, { labels }: Group, alerts: readonly FiringAlert[]): Promise<unknown> {
  const own = alerts.filter((alert) => alert.labels.service === labels.service);
  const over = own.map((alert) => ({ ...alert, endsAt: new Date().toISOString() }));
  return client.send("POST", "/api/v2/alerts", JSON.stringify(over));
}

async function read<Result>(client: Client, path: string): Promise<Result> {
  return JSON.parse(await client.send("GET", path)) as Result;
}
