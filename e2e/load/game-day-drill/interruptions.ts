import { setTimeout as pause } from "node:timers/promises";
import { faultTimes } from "#server/serve/faults/contract.ts";
import { atLeast, atMost, type Row } from "../report.ts";
import type { Sources } from "./faults.ts";
import { endpoints, ratePerSecond } from "./fixture.ts";
import type { Sent } from "./traffic.ts";

const probesPerSecond = 10;
/** After it, a fault has had its lease renewed at least once. */
const settledMs = 15_000;
/** A lease, and a little for responses that are on their way. */
const goneWithin = faultTimes.leaseSeconds + 2;
const lookMs = (goneWithin + 12) * 1000;
const abortedWithin = 5;
const overMs = 120_000;

/** What happens while a fault is in force, and ends it. */
export const interruptions: Record<string, (sources: Sources) => Promise<Row[]>> = {
  "abort-by-burn": abortByBurn,
  "abort-by-member": abortByMember,
  "worker-killed": workerKilled,
  "postgres-stopped": postgresStopped,
  "gateway-restarted": gatewayRestarted,
};

/** Starts a small delay for requests that ask for it, and sends only such: each response says whether the fault is in force. */
async function startProbe({ conductor, traffic, fixture }: Sources) {
  const fault = { kind: "latency" as const, delayMs: 100, jitterMs: 0 };
  const { number } = await conductor.start({ endpoint: endpoints.digits, fault, scope: "header" });
  const name = `GD-${number}`;
  const from = traffic.sent.length;
  const stop = traffic.start(endpoints.digits, fixture.bodies[endpoints.digits] ?? [], probesPerSecond, name);
  await pause(settledMs);
  const marked = () => traffic.marked(name);
  return {
    number,
    stop,
    marked,
    /** Whether it was in force just before a moment. */
    wasInForce: (at: number) => marked().some(({ sentAt }) => sentAt < at && sentAt > at - 3_000),
    /** Responses of probes that were sent after a moment. */
    after: (at: number): Sent[] =>
      traffic.sent.slice(from).filter(({ endpoint, sentAt }) => endpoint === endpoints.digits && sentAt > at),
  };
}

type Probe = Awaited<ReturnType<typeof startProbe>>;

/** Returns rows about how a fault ended after a moment. */
function rowsAfter(name: string, probe: Probe, at: number, within: number): Row[] {
  const last = Math.max(at, ...probe.marked().map(({ receivedAt }) => receivedAt));
  const answered = probe.after(last).filter(({ status, gameDay }) => status === 200 && gameDay === null);
  return [
    atLeast(1, { name: `${name}: in force before`, unit: "", leeway: probe.wasInForce(at) ? 1 : 0 }),
    atMost(within, { name: `${name}: fault gone`, unit: "s", leeway: (last - at) / 1000 }),
    atLeast(1, { name: `${name}: unaffected responses after`, unit: "responses", leeway: answered.length }),
  ];
}

/** Waits until the game day of a probe is over as the control plane sees it. */
async function untilOver(name: string, { number, stop }: Probe, { conductor }: Sources): Promise<Row> {
  const day = await conductor.untilOver(number, overMs);
  stop();
  console.log(`${name}: GD-${number} is ${day?.state ?? "still running"}. ${day?.endReason ?? ""}`);
  return atLeast(1, { name: `${name}: aborted`, unit: "", leeway: day?.state === "aborted" ? 1 : 0 });
}

async function workerKilled(sources: Sources): Promise<Row[]> {
  const name = "worker killed";
  const probe = await startProbe(sources);
  const at = sources.product.takeWorkerAway();
  await pause(lookMs);
  const rows = rowsAfter(name, probe, at, goneWithin);
  await sources.product.bringBackWorker();
  return [...rows, await untilOver(name, probe, sources)];
}

async function postgresStopped(sources: Sources): Promise<Row[]> {
  const name = "Postgres stopped";
  const probe = await startProbe(sources);
  const at = await sources.product.stopPostgres();
  await pause(lookMs);
  const rows = rowsAfter(name, probe, at, goneWithin);
  await sources.product.startPostgres();
  return [...rows, await untilOver(name, probe, sources)];
}

async function gatewayRestarted(sources: Sources): Promise<Row[]> {
  const name = "gateway killed, no Postgres";
  const probe = await startProbe(sources);
  const stoppedAt = await sources.product.stopPostgres();
  const wasInForce = probe.wasInForce(stoppedAt);
  const killed = await sources.product.killGateways();
  const at = Date.now();
  await pause(lookMs);
  const seen = probe.after(at);
  const served = seen.filter(({ status }) => status === 200);
  const servedAt = Math.min(...served.map(({ receivedAt }) => receivedAt));
  console.log(`${name}: ${killed} processes killed, serving again ${(servedAt - at) / 1000} s later.`);
  await sources.product.startPostgres();
  const over = await untilOver(name, probe, sources);
  const marked = probe.after(at).filter(({ gameDay }) => gameDay !== null).length;
  return [
    atLeast(1, { name: `${name}: in force before`, unit: "", leeway: wasInForce ? 1 : 0 }),
    atMost(0, { name: `${name}: affected after`, unit: "responses", leeway: marked }),
    // Later, the lease would have ended the fault anyway.
    atMost(15, { name: `${name}: serves again`, unit: "s", leeway: (servedAt - stoppedAt) / 1000 }),
    over,
  ];
}

/** Errors at an endpoint of which one failed request in a thousand is allowed. */
async function abortByBurn({ conductor, traffic }: Sources): Promise<Row[]> {
  const name = "abort by burn";
  const endpoint = endpoints.tight;
  const { number, startedAt } = await conductor.start({ endpoint, fault: { kind: "errors", status: 503 } });
  let used = 0;
  const day = await conductor.untilOver(number, overMs, async () => {
    for (const { key, used: now } of await conductor.conditions(number)) {
      if (key === "budget") used = Math.max(used, now ?? 0);
    }
  });
  await pause(10_000);
  const endedAt = Date.parse(day?.endedAt ?? "");
  const marked = traffic.marked(`GD-${number}`);
  const last = Math.max(endedAt, ...marked.map(({ receivedAt }) => receivedAt));
  const isByBudget = day?.state === "aborted" && day.endReason.includes("budget");
  console.log(`${name}: GD-${number} is ${day?.state ?? "still running"}. ${day?.endReason ?? ""}`);
  console.log(
    `${name}: ${marked.length} requests failed of ${ratePerSecond} a second; shown at most ${used.toFixed(1)} of the limit.`,
  );
  return [
    atLeast(1, { name: `${name}: aborted, with its reason`, unit: "", leeway: isByBudget ? 1 : 0 }),
    atMost(90, { name: `${name}: aborted`, unit: "s", leeway: (endedAt - Date.parse(startedAt ?? "")) / 1000 }),
    atMost(abortedWithin, { name: `${name}: fault gone`, unit: "s", leeway: (last - endedAt) / 1000 }),
  ];
}

async function abortByMember(sources: Sources): Promise<Row[]> {
  const name = "abort by a member";
  const probe = await startProbe(sources);
  const at = Date.now();
  await sources.conductor.abort(probe.number, sources.fixture.memberToken);
  await pause(10_000);
  const rows = rowsAfter(name, probe, at, abortedWithin);
  return [...rows, await untilOver(name, probe, sources)];
}
