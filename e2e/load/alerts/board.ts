import { setTimeout as pause } from "node:timers/promises";
import { atMost, type Row } from "../report.ts";
import { type Client, openClient, quantile, timed } from "../tracking/client.ts";
import type { LeewayServer } from "../tracking/leeway-server.ts";
import { signIn } from "../tracking/session.ts";

const most = 1_000;
const looks = 40;
/** Number of lines that the page loads per request. */
const pageSize = 200;
/** Groups wait up to half a minute for their notification; the board is measured only after the worker has sent these. */
const settleMs = 45_000;

interface Queue {
  rows: { groupId: string | null }[];
  counts: Record<string, number>;
}

/** Measures the duration of the board's queries and of its page with all firing alerts. */
export async function boardRows({ client, stack }: LeewayServer): Promise<Row[]> {
  await pause(settleMs);
  const path = `/api/v1/triage/queue?filter=all&limit=${pageSize}`;
  const { rows, counts } = JSON.parse(await client.send("GET", path)) as Queue;
  console.log(`${counts.all} lines in the queue.`);
  const groups = rows.flatMap(({ groupId }) => groupId ?? []);
  const p95 = async (of: Client, pathAt: (index: number) => string) =>
    quantile(await timed(looks, (index) => of.send("GET", pathAt(index))), 0.95);
  const { LEEWAY_EMAIL: email = "", LEEWAY_PASSWORD: password = "" } = stack.environment;
  const person = openClient(stack.url, { cookie: await signIn(stack.url, email, password) });
  const row = (name: string, leeway: number) => atMost(most, { name, unit: "ms", leeway });
  try {
    return [
      row("board-queue-p95", await p95(client, () => path)),
      row("board-group-p95", await p95(client, (index) => `/api/v1/triage?group=${groups[index % groups.length]}`)),
      row("board-page-p95", await p95(person, () => "/on-call")),
    ];
  } finally {
    person.close();
  }
}
