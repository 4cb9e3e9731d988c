import { parseArgs } from "node:util";
import pg from "pg";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import { delicateModel, entriesOf } from "../rollout/delicate-model.ts";
import { startBalancer } from "./balancer.ts";
import { Drill } from "./rollout/drill.ts";
import { holdsWithoutGateways } from "./rollout/no-gateway.ts";
import { report } from "./rollout/report.ts";
import { openRole, type Role } from "./rollout/roles.ts";
import { follow, tracks } from "./rollout/tracks.ts";

const signature: Signature = {
  inputs: [
    { name: "x", datatype: "FP32", shape: ["N", 4] },
    { name: "category", datatype: "INT64", shape: ["N"] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-load",
  metadata: {},
};

/**
 * Kills the worker and two gateways behind a load balancer in every state of rollouts of good and of bad versions, `--rounds 1` times
 * each in an order given by `--seed`, and removes the gateways at the end. @returns whether no bad version was promoted, no decision or
 * count was lost, requests failed only on connections of a killed gateway, and no rollout advanced without a worker or a gateway
 */
export async function run(args: string[]): Promise<boolean> {
  const options = { rounds: { type: "string", default: "1" }, seed: { type: "string", default: "1" } } as const;
  const { values } = parseArgs({ args, options });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  const fixture = await openGatewayFixture();
  const clients = [
    new pg.Client(fixture.environment.DATABASE_URL),
    new pg.Client(fixture.environment.DATABASE_URL),
  ] as const;
  const roles: Role[] = [];
  try {
    for (const client of clients) await client.connect();
    for (const { name, canary } of tracks) {
      await fixture.deploy({ name, model: delicateModel(entriesOf.healthy), signature });
      await fixture.register({ name, model: delicateModel(entriesOf[canary]), signature }, 2);
    }
    const serves = async (url: string) =>
      (await Promise.all(tracks.map(({ name }) => isOk(`${url}/v2/models/${name}/ready`, fixture.headers)))).every(
        Boolean,
      );
    roles.push(await openRole(fixture, "worker", async () => true));
    for (const name of ["gateway A", "gateway B"] as const) roles.push(await openRole(fixture, name, serves));
    await Promise.all(roles.map(({ start }) => start()));
    const urls = () => roles.filter(({ name, isUp }) => name !== "worker" && isUp()).map(({ url }) => url);
    const balancer = await startBalancer(urls());
    const drill = new Drill({ clients, roles, seed, turn: () => balancer.turnTo(urls()) });
    const watching = drill.watch();
    const target = { gatewayUrl: balancer.url, token: fixture.headers.authorization.replace("Bearer ", "") };
    try {
      const following = Promise.all(
        tracks.map((track, index) => follow({ ctx: fixture.ctx, target, drill, track, seed: seed + index })),
      );
      await Promise.race([drill.killAll(rounds), following]);
      drill.isEnding = true;
      const followed = await following;
      const held = await holdsWithoutGateways({ ctx: fixture.ctx, target, drill });
      return report({ drill, followed, held });
    } finally {
      await drill.end(watching);
      await balancer.close();
    }
  } finally {
    for (const role of roles) await role.stop();
    for (const client of clients) await client.end();
    await fixture.close();
  }
}

function isOk(url: string, headers: Record<string, string>): Promise<boolean> {
  return fetch(url, { headers }).then(
    ({ ok }) => ok,
    () => false,
  );
}
