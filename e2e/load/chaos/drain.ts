import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { type GatewayProcess, startGatewayIn } from "../gateway.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import { slowBody, slowModel, slowSignature } from "../slow-model.ts";
import { startBalancer } from "./balancer.ts";
import { poll, quickBody } from "./steady-clients.ts";

/**
 * Stops and starts one of two gateways behind a balancer after the other, `--rounds 3` times each, while clients that keep their
 * connections ask for quick and slow predictions. @returns whether not one request failed
 */
export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: "string", default: "3" }, clients: { type: "string", default: "12" } },
  });
  const fixture = await openGatewayFixture();
  const { model: slow, runMs } = await slowModel(150);
  await fixture.deploy({ name: "quick", model: mlpModel([4, 16, 3]), signature: mlpSignature });
  await fixture.deploy({ name: "slow", model: slow, signature: slowSignature });
  const start = async () => {
    const gateway = await startGatewayIn(fixture, { DRAIN_NOTICE_SECONDS: "2" });
    for (const name of ["quick", "slow"]) await gateway.untilServed(name);
    return gateway;
  };
  const gateways = [await start(), await start()];
  const balancer = await startBalancer(gateways.map(({ url }) => url));
  const stop = new AbortController();
  const client = (number: number) => {
    const [endpoint, body] = number % 4 === 0 ? (["slow", slowBody] as const) : (["quick", quickBody] as const);
    const url = `${balancer.url}/v2/models/${endpoint}/infer`;
    return poll({ url, headers: fixture.headers, body, signal: stop.signal });
  };
  const clients = Array.from({ length: Number(values.clients) }, (_, number) => client(number));
  const rounds: { gateway: string; from: number; to: number; drainMs: number }[] = [];
  try {
    await pause(3_000);
    for (let round = 0; round < 2 * Number(values.rounds); round += 1) {
      const from = Date.now();
      await (gateways[round % 2] as GatewayProcess).stop();
      const drainMs = Date.now() - from;
      const fresh = await start();
      gateways[round % 2] = fresh;
      balancer.turnTo(gateways.map(({ url }) => url));
      await pause(2_000);
      rounds.push({ gateway: "AB".charAt(round % 2), from, to: Date.now(), drainMs });
    }
  } finally {
    stop.abort();
    await Promise.all(clients);
    await balancer.close();
    for (const gateway of gateways) await gateway.stop();
    await fixture.close();
  }
  const calls = (await Promise.all(clients)).flat();
  const failed = calls.filter(({ status }) => status !== 200);
  const rows = rounds.map(({ gateway, from, to, drainMs }) => {
    const made = calls.filter(({ at }) => at >= from && at < to);
    const wrong = made.filter(({ status }) => status !== 200);
    return {
      gateway,
      drainMs,
      requests: made.length,
      failed: wrong.length,
      statuses: wrong.map(({ status }) => status),
    };
  });
  console.table(rows);
  const result = { drains: rounds.length, requests: calls.length, failed: failed.length, slowRunMs: Math.round(runMs) };
  console.log(JSON.stringify({ drain: result, rounds: rows }));
  return failed.length === 0 && calls.length > 0;
}
