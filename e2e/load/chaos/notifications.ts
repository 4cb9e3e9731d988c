import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { and, count, eq } from "drizzle-orm";
import { notifications } from "#db/schema/index.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import { waitFor } from "../../suite/stack.ts";
import { type GatewayFixture, openGatewayFixture } from "../gateway-fixture.ts";
import { arrivedOf } from "./notifications/findings.ts";
import { type Notifier, openNotifier } from "./notifications/notifier.ts";
import { type Page, page } from "./notifications/pages.ts";
import { openRole, type Role } from "./rollout/roles.ts";

/** Milliseconds between two kills of the worker: about ten during the outage, and not more often than it starts. */
const killEvery = (downSeconds: number) => Math.max(12_000, downSeconds * 100);

/**
 * Pages go to a webhook, PagerDuty, a bot of Slack and a mail server, all of which are down for `--down 60` seconds (600 for the ten
 * minutes of the goal), while the worker is killed again and again with messages on their way, then too. `--pages 120` groups fire
 * and end. @returns whether every page and every end arrived, in this order, although the worker was killed
 * while it sent
 */
export async function run(args: string[]): Promise<boolean> {
  const options = { down: { type: "string", default: "60" }, pages: { type: "string", default: "120" } } as const;
  const { values } = parseArgs({ args, options });
  const [downSeconds, total] = [Number(values.down), Number(values.pages)];
  const notifier = await openNotifier();
  const opened = await openGatewayFixture();
  const environment = {
    ...opened.environment,
    LEEWAY_PAGERDUTY_URL: notifier.url,
    LEEWAY_SLACK_URL: notifier.url,
    LEEWAY_SMTP_URL: notifier.smtpUrl,
    WEBHOOK_PRIVATE_ADDRESSES: "true",
  };
  const fixture: GatewayFixture = { ...opened, environment };
  let worker: Role | undefined;
  try {
    await addReceiver(fixture, notifier);
    worker = await openRole(fixture, "worker", async () => true);
    await worker.start();
    const [paging, killing] = [pageAll(fixture, total, (downSeconds + 20) * 1000), new AbortController()];
    const kills = killAgainAndAgain({ worker, notifier, everyMs: killEvery(downSeconds), signal: killing.signal });
    // The promise is awaited at the end; until then, a rejection must not end the process.
    kills.catch(() => {});
    await pause(10_000);
    notifier.turn("down");
    await pause(downSeconds * 1000);
    notifier.turn("up");
    const upAt = Date.now();
    const pages = await paging;
    await pause(killEvery(downSeconds));
    killing.abort();
    const { times, onTheirWay } = await kills;
    await waitFor(async () => (await pending(fixture)) === 0, 300_000);
    const arrived = arrivedOf(pages, notifier.taken);
    console.table(arrived);
    const lost = arrived.reduce((sum, each) => sum + each.lost, 0);
    const duplicates = arrived.reduce((sum, each) => sum + each.duplicates, 0);
    const outOfOrder = arrived.reduce((sum, each) => sum + each.outOfOrder, 0);
    const lastAt = Math.max(...notifier.taken.map(({ at }) => at));
    const result = {
      downSeconds,
      pages: total,
      sent: notifier.taken.length,
      lost,
      duplicates,
      outOfOrder,
      refusedWhileDown: notifier.refused(),
      workerKilled: times,
      onTheirWayWhenKilled: onTheirWay,
      dead: await countOf(fixture, "dead"),
      replacedByNewerState: await countOf(fixture, "cancelled"),
      lastArrivedSecondsAfterUp: Math.round((lastAt - upAt) / 1000),
    };
    console.table(result);
    console.log(JSON.stringify({ chaos: "notifications", ...result, arrived }));
    return lost === 0 && outOfOrder === 0 && result.dead === 0 && onTheirWay > 0;
  } finally {
    await worker?.stop();
    await opened.close();
    await notifier.close();
  }
}

async function addReceiver({ ctx }: GatewayFixture, { url }: Notifier): Promise<void> {
  const channels = [
    { settings: { kind: "webhook" as const, url: `${url}/hook` }, secret: "of the drill" },
    { settings: { kind: "pagerduty" as const }, secret: "0".repeat(32) },
    { settings: { kind: "slack-bot" as const, channel: "#pages" }, secret: "xoxb-drill" },
    { settings: { kind: "email" as const, to: ["drill@example.test"], sendsResolved: true } },
  ];
  await createReceiver(ctx, { name: "on-call", channels }, { allowsPrivate: true });
}

/** Spreads the pages over a number of milliseconds; each ends some seconds after it started. */
async function pageAll({ ctx }: GatewayFixture, total: number, overMs: number): Promise<Page[]> {
  const pages: Promise<Page>[] = [];
  for (let number = 0; number < total; number += 1) {
    pages.push(page(ctx, number, { lastsMs: 3_000 + (number % 7) * 2_000 }));
    await pause(overMs / total);
  }
  return Promise.all(pages);
}

interface Killing {
  worker: Role;
  notifier: Notifier;
  everyMs: number;
  signal: AbortSignal;
}

/** Kills the worker, when it can be with messages on their way, and starts it again two seconds later. */
async function killAgainAndAgain({ worker, notifier, everyMs, signal }: Killing) {
  let [times, onTheirWay] = [0, 0];
  while (!signal.aborted) {
    await pause(everyMs / 2);
    for (let look = 0; look < 600 && notifier.open() === 0; look += 1) await pause(10);
    if (signal.aborted) break;
    onTheirWay += notifier.open();
    times += 1;
    await worker.kill(2_000);
    await waitFor(async () => worker.isUp(), 240_000);
  }
  return { times, onTheirWay };
}

function pending(fixture: GatewayFixture): Promise<number> {
  return countOf(fixture, "pending");
}

async function countOf({ ctx }: GatewayFixture, state: "pending" | "dead" | "cancelled"): Promise<number> {
  const [row] = await ctx.db
    .select({ number: count() })
    .from(notifications)
    .where(and(eq(notifications.workspaceId, ctx.actor.workspaceId), eq(notifications.state, state)));
  return row?.number ?? 0;
}
