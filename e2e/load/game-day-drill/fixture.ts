import { readFile } from "node:fs/promises";
import pg from "pg";
import { hourMs } from "#server/base/durations.ts";
import { type DemoTarget, send } from "#server/roles/demo/client.ts";
import { ensureEndpoint, untilServable } from "#server/roles/demo/deploy.ts";
import { demoFile } from "#server/roles/demo/recording.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { waitFor } from "../../suite/stack.ts";
import type { Pager } from "./pager.ts";
import type { Product } from "./product.ts";

/** Requests a second to each endpoint. */
export const ratePerSecond = 5;
/** Healthy traffic before the drill, of which the error budgets are: without it, minutes of a fault would use them up. */
const historyHours = 7 * 24;
/** A latency SLI counts responses within it. An added delay is longer. */
const withinMs = 1_000;
const sloTarget = 0.99;
/** Fires once more than 3% of the last complete minute are bad. */
const rules = {
  tiers: [{ severity: "page", longMinutes: 1, shortMinutes: 1, factor: 3 }],
  absent: null,
};
const view = "pressure";
const source = "sensors";
const pump = 7;

/**
 * Endpoints by what they are for: `digits` gets the faults, `beside` is to notice nothing, `pumps` looks features up, `elsewhere` runs on an engine with a
 * fallback, which is `there`, and `tight` has an error budget that a few failures use up.
 */
export const endpoints = {
  digits: "digits",
  beside: "beside",
  pumps: "pumps",
  elsewhere: "elsewhere",
  there: "there",
  tight: "tight",
} as const;

export interface Fixture {
  /** Bodies of requests by endpoint. */
  bodies: Record<string, readonly string[]>;
  view: string;
  /** Channels of the receiver of pages, by name. */
  channels: Record<"first" | "second", string>;
  /** Token of someone with the role member. */
  memberToken: string;
  /** Pushes a row that pumps look up. */
  push(): Promise<void>;
}

/** Deploys what the drill is about, puts its owner on call, and gives the endpoints a past. */
export async function openFixture({ target, databaseUrl }: Product, pager: Pager): Promise<Fixture> {
  const { url, gatewayUrl, token } = target;
  const post = <Result>(path: string, body: object) => send<Result>(target, "POST", `${url}/api/v1/${path}`, body);
  const channelIds = await openReceiver(target, pager);
  await putOnCall(target);
  const push = () => pushRow(target);
  await definePumps(target, push);
  const model = await readFile(demoFile("digits", "models/digits-v2.onnx"));
  for (const name of [endpoints.digits, endpoints.beside, endpoints.there, endpoints.tight]) {
    await upload(target, name, model);
    await deploy(target, name);
  }
  // The second version is what answers instead of the engine.
  await upload(target, endpoints.elsewhere, model);
  await upload(target, endpoints.elsewhere, model);
  for (const version of [1, 2]) await untilServable(target, endpoints.elsewhere, version);
  await post("endpoints", { name: endpoints.elsewhere, captureShare: 0 });
  const header = { name: "Authorization", value: `Bearer ${token}` };
  const engine = { url: gatewayUrl, model: endpoints.there, timeoutMs: 20_000, header };
  const reason = "Fixture of the game days";
  await post(`endpoints/${endpoints.elsewhere}/deployments`, {
    model: endpoints.elsewhere,
    version: 1,
    engine,
    reason,
  });
  await send(target, "PUT", `${url}/api/v1/endpoints/${endpoints.elsewhere}/cascade`, {
    rules: { onError: true },
    costPerThousand: null,
    next: [{ model: endpoints.elsewhere, version: 2, rules: {}, costPerThousand: null }],
  });
  await untilServing(target);
  await promise(target, databaseUrl);
  const images = await imageBodies();
  return {
    bodies: {
      ...Object.fromEntries(Object.values(endpoints).map((name) => [name, images])),
      [endpoints.pumps]: [
        JSON.stringify({ inputs: [{ name: "pump_id", datatype: "INT64", shape: [1], data: [pump] }] }),
      ],
    },
    view,
    channels: channelIds,
    memberToken: await newMember(target),
    push,
  };
}

async function openReceiver(target: DemoTarget, pager: Pager): Promise<Fixture["channels"]> {
  const channels = ["first", "second"].map((name) => ({ settings: { kind: "webhook", url: pager.urlOf(name) } }));
  const receiver = await send<{ channels: { id: string }[] }>(target, "POST", `${target.url}/api/v1/receivers`, {
    name: "on-call",
    channels,
  });
  const [first, second] = receiver.channels;
  if (!first || !second) throw new Error("The receiver has no two channels.");
  return { first: first.id, second: second.id };
}

async function putOnCall(target: DemoTarget): Promise<void> {
  const { users } = await send<{ users: { id: string }[] }>(target, "GET", `${target.url}/api/v1/users`);
  const layers = [
    {
      name: "Always",
      userIds: users.slice(0, 1).map(({ id }) => id),
      start: "2026-01-05T09:00",
      every: { unit: "week", count: 1 },
    },
  ];
  await send(target, "POST", `${target.url}/api/v1/on-call/schedules`, { name: "All", timeZone: "UTC", layers });
}

async function definePumps(target: DemoTarget, push: () => Promise<void>): Promise<void> {
  const put = (path: string, body: object) => send(target, "PUT", `${target.url}/api/v1/${path}`, body);
  await put("feature-entities/pump", { joinKey: "pump_id", type: "int64" });
  await put(`feature-sources/${source}`, { kind: "push" });
  const names = ["bar", "litres"];
  const features = names.map((name) => ({ name, type: "float32" }));
  await put(`feature-views/${view}`, { entities: ["pump"], source, ttlUs: hourMs * 1000, features });
  await push();
  await upload(target, endpoints.pumps, mlpModel([2, 3]));
  await untilServable(target, endpoints.pumps, 1);
  const part = {
    kind: "features",
    features: names.map((name) => `${view}:${name}`),
    policy: { stale: "reject" },
    withinMs: 5_000,
  };
  const columns = names.map((name) => ({ name, datatype: "FP32" }));
  const pipeline = { before: [part, { kind: "columns", columns, into: "x" }] };
  await put(`models/${endpoints.pumps}/versions/1/pipeline`, { pipeline });
  await deploy(target, endpoints.pumps);
}

function pushRow(target: DemoTarget): Promise<void> {
  const df = { pump_id: [pump], bar: [4.5], litres: [12], event_timestamp: [new Date().toISOString()] };
  return send(target, "POST", `${target.gatewayUrl}/feast/push`, { push_source_name: source, df, to: "online" });
}

/** Uploads a file as the next version of a model. */
async function upload(target: DemoTarget, model: string, file: Buffer): Promise<void> {
  await send(target, "POST", `${target.url}/api/v1/models/${model}/versions`, new Uint8Array(file));
}

async function deploy(target: DemoTarget, name: string): Promise<void> {
  const path = `${target.url}/api/v1/endpoints`;
  await send(target, "POST", path, { name, captureShare: 0 });
  // In threads, many models fit on a small machine.
  await send(target, "PATCH", `${path}/${name}`, { execution: { isolation: "thread" } });
  await ensureEndpoint(target, { name, model: name, version: 1, captureShare: 0 });
}

/** Waits until every gateway process serves every endpoint: a request before would count as a failure. */
async function untilServing(target: DemoTarget): Promise<void> {
  for (const name of Object.values(endpoints)) {
    const path = `${target.url}/api/v1/endpoints/${name}`;
    const isServing = async () => {
      const { serving, gateways } = await send<{ serving: { kind: string }; gateways: unknown[] }>(target, "GET", path);
      return serving.kind === "serving" && gateways.length >= 2;
    };
    await waitFor(isServing, 120_000);
  }
}

/** Creates the SLOs, and waits until their error budgets count the past. */
async function promise(target: DemoTarget, databaseUrl: string): Promise<void> {
  const withPast = [endpoints.digits, endpoints.beside, endpoints.pumps, endpoints.elsewhere];
  await addHistory(databaseUrl, withPast);
  const ids = new Map<string, string>();
  for (const name of Object.values(endpoints)) {
    ids.set(name, (await send<{ id: string }>(target, "GET", `${target.url}/api/v1/endpoints/${name}`)).id);
  }
  const slos = [
    ...withPast.map((name) => ({
      name: `${name}-answers`,
      indicator: { kind: "availability", endpointId: ids.get(name) },
    })),
    ...[endpoints.digits, endpoints.beside].map((name) => ({
      name: `${name}-latency`,
      indicator: { kind: "latency", endpointId: ids.get(name), withinMs },
    })),
    { name: "elsewhere-primary", indicator: { kind: "primary-answered", endpointId: ids.get(endpoints.elsewhere) } },
  ];
  const create = (name: string, definition: object) =>
    send(target, "POST", `${target.url}/api/v1/slos`, { name, definition });
  for (const { name, indicator } of slos) {
    await create(name, { target: sloTarget, period: { kind: "rolling", days: 7 }, indicator, rules });
  }
  const indicator = { kind: "availability", endpointId: ids.get(endpoints.tight) };
  await create("tight-answers", { target: 0.999, period: { kind: "rolling", days: 1 }, indicator, rules });
  const isCounted = async (name: string) => {
    const { budget } = await send<{ budget: { total: number } | null }>(
      target,
      "GET",
      `${target.url}/api/v1/slos/${name}`,
    );
    return (budget?.total ?? 0) >= 0.9 * ratePerSecond * 3600 * historyHours;
  };
  for (const { name } of slos) await waitFor(() => isCounted(name), 300_000);
}

/** Adds a window for each hour before this one, as a gateway would have written it. */
async function addHistory(databaseUrl: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into serving_windows (workspace_id, endpoint_id, version_id, arm, gateway_id, window_start, requests, rows, failures,
         latency_sum_ms, queue_sum_ms, compute_sum_ms, latency_buckets, indicators)
       select endpoints.workspace_id, endpoints.id, deployed.version_id, 'stable', 'history', at, $2, $2, '{}', 0, 0, 0, '{}', $4::jsonb
       from endpoints
       cross join lateral (select version_id from deployments where endpoint_id = endpoints.id limit 1) as deployed
       cross join generate_series(date_trunc('hour', now()) - $3 * interval '1 hour', date_trunc('hour', now()) - interval '1 hour',
         interval '1 hour') as at
       where endpoints.name = any($1)`,
      [
        names,
        ratePerSecond * 3600,
        historyHours - 1,
        { latency: { [String(withinMs)]: [ratePerSecond * 3600, ratePerSecond * 3600] } },
      ],
    );
  } finally {
    await client.end();
  }
}

/** Real digits as requests. */
async function imageBodies(): Promise<string[]> {
  const { rows } = JSON.parse(await readFile(demoFile("digits", "samples.json"), "utf8")) as {
    rows: [label: number, pixels: number[]][];
  };
  return rows.slice(0, 200).map(([, pixels]) => {
    const data = pixels.map((pixel) => pixel / 16);
    return JSON.stringify({ inputs: [{ name: "image", shape: [1, 1, 8, 8], datatype: "FP32", data }] });
  });
}

async function newMember(target: DemoTarget): Promise<string> {
  const post = <Result>(path: string, body: object) =>
    send<Result>(target, "POST", `${target.url}/api/v1/${path}`, body);
  const { id: ownerId } = await post<{ id: string }>("service-accounts", { name: "Member", role: "member" });
  const { secret } = await post<{ secret: string }>("tokens", { name: "abort", scopes: ["alerts"], ownerId });
  return secret;
}
