import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import type { Fault, FaultKind } from "#server/serve/faults/contract.ts";
import type { Conductor } from "./conductor.ts";
import { endpoints, type Fixture } from "./fixture.ts";
import type { Pager } from "./pager.ts";
import type { Product } from "./product.ts";
import type { Traffic } from "./traffic.ts";

/** What a fault is tried with, and how a client sees it. */
export interface FaultPlan {
  endpoint: string;
  fault: Fault;
  /** Whether an SLI of the endpoint shows it, so that a page is expected. */
  isPaged: boolean;
  /** How it is visible: by marked responses, by what the log says was carried out, by the health of a role, or by the messages of a channel. */
  seenBy: "responses" | "log" | "gateway" | "worker" | "channel";
  /** Time that the fault needs to be visible, where that is longer than the drill's minutes. */
  minMinutes?: number;
}

/** Returns a plan for each kind of fault. @param job id of the training job that runs */
export function planFaults({ view, channels }: Fixture, job: string): Record<FaultKind, FaultPlan> {
  const { digits, pumps, elsewhere } = endpoints;
  const ofDigits = { endpoint: digits, isPaged: false };
  const once = { ...ofDigits, seenBy: "log" as const };
  const marked = { ...ofDigits, seenBy: "responses" as const };
  return {
    latency: { ...marked, fault: { kind: "latency", delayMs: 1_500, jitterMs: 100 }, isPaged: true },
    "stale-feature": {
      endpoint: pumps,
      fault: { kind: "stale-feature", view, ageSeconds: 7_200 },
      isPaged: true,
      seenBy: "responses",
    },
    "engine-away": { endpoint: elsewhere, fault: { kind: "engine-away" }, isPaged: true, seenBy: "responses" },
    errors: { ...marked, fault: { kind: "errors", status: 503 }, isPaged: true },
    "dropped-feature": { ...marked, fault: { kind: "dropped-feature", feature: "image", as: "missing" } },
    "shifted-input": {
      ...marked,
      fault: { kind: "shifted-input", feature: "image", change: { scale: -1, offset: 1 } },
    },
    "model-worker-lost": { ...once, fault: { kind: "model-worker-lost" } },
    "cold-model": { ...once, fault: { kind: "cold-model" } },
    "job-preempted": { ...once, fault: { kind: "job-preempted", job, tearsCheckpoint: false } },
    "channel-dead": { ...ofDigits, fault: { kind: "channel-dead", channelId: channels.first }, seenBy: "channel" },
    "gateway-lost": { ...once, fault: { kind: "gateway-lost" } },
    "worker-lost": { ...ofDigits, fault: { kind: "worker-lost" }, seenBy: "worker" },
    "postgres-away": { ...ofDigits, fault: { kind: "postgres-away" }, seenBy: "gateway", minMinutes: 2 },
  };
}

/** What a game day is tried with. */
export interface Sources {
  product: Product;
  conductor: Conductor;
  traffic: Traffic;
  pager: Pager;
  fixture: Fixture;
}

/** When a fault was seen first, and last; in milliseconds since 1970, null before. */
interface Sight {
  firstAt: number | null;
  lastAt: number | null;
}

/** Looks whether a fault is visible now. Called again and again, also after its end. */
type Look = () => Promise<void>;

/** Returns what looks for a fault, and what it has seen. @param day of the running game day */
export function watchFault(
  { seenBy }: FaultPlan,
  day: { number: number },
  { product, conductor, traffic, pager, fixture }: Sources,
): { look: Look; sight: Sight } {
  const sight: Sight = { firstAt: null, lastAt: null };
  const see = (at: number) => {
    sight.firstAt = Math.min(sight.firstAt ?? at, at);
    sight.lastAt = Math.max(sight.lastAt ?? at, at);
  };
  const seeUnready = async (role: "gateway" | "worker") => {
    if ((await product.healthOf(role)) !== "ready") see(Date.now());
  };
  const looks: Record<FaultPlan["seenBy"], Look> = {
    responses: async () => {
      for (const { receivedAt } of traffic.marked(`GD-${day.number}`)) see(receivedAt);
    },
    log: async () => {
      const events = await conductor.events(day.number);
      const done = events.find(({ kind }) => kind === "carried-out");
      if (done) see(Date.parse(done.at));
    },
    gateway: () => seeUnready("gateway"),
    worker: () => seeUnready("worker"),
    channel: async () => {
      const path = `${product.target.url}/api/v1/notifications?channelId=${fixture.channels.first}`;
      const { notifications } = await send<{ notifications: { attempts: { at: string; error: string | null }[] }[] }>(
        product.target,
        "GET",
        path,
      );
      const refused = notifications
        .flatMap(({ attempts }) => attempts)
        .filter(({ error }) => {
          return error?.includes(`game day GD-${day.number}`);
        });
      for (const { at } of refused) see(Date.parse(at));
      // It is over with the first message that arrives there.
      const after = pager.arrived.find(({ channel, at }) => channel === "first" && at > (sight.firstAt ?? Infinity));
      if (after) see(after.at);
    },
  };
  return { look: looks[seenBy], sight };
}

/** Posts a page about nothing that Leeway serves, which goes to both channels; it ends after two minutes. */
export async function postPage(target: DemoTarget, number: number): Promise<void> {
  const labels = { alertname: "DrillPage", severity: "page", day: String(number) };
  const endsAt = new Date(Date.now() + 120_000).toISOString();
  await send(target, "POST", `${target.url}/api/v1/alerts`, { alerts: [{ labels, endsAt }] });
}
