import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { rolloutCounts, rolloutUnits } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newRollout, servedRolloutOf } from "../../testing/fixtures/serving/rollout/testing.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import type { CountedRequest } from "./counted-request.ts";
import { EvidenceBook } from "./evidence-book.ts";
import { storeUnits } from "./store-units.ts";
import type { SeenUnit } from "./unit-rows.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { workspaceId } = ctx.actor;
await newVersion(ctx);
const { id: canaryVersionId } = await newVersion(ctx, { version: 2 });
let number = 0;
async function rolloutId(): Promise<string> {
  number += 1;
  const { id: endpointId } = await createEndpoint(ctx, { name: `digits-${number}` });
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  return (await newRollout(ctx, { endpointId, canaryVersionId })).id;
}

const request = (values: Partial<CountedRequest>): CountedRequest => ({
  arm: "stable",
  step: 0,
  weight: 0.5,
  unit: "",
  client: "token",
  startedAt: performance.now() - 5000,
  endedAt: undefined,
  ownMs: undefined,
  isTimed: true,
  status: 0,
  isInvalid: false,
  bin: undefined,
  cost: undefined,
  isSampled: true,
  isExcluded: false,
  isOverdue: false,
  ...values,
});

/** Returns "units/events" of a metric by arm, over all sources. */
async function counts(rolloutId: string, metric: string): Promise<Record<string, string>> {
  const rows = await db
    .select()
    .from(rolloutCounts)
    .where(and(eq(rolloutCounts.rolloutId, rolloutId), eq(rolloutCounts.metric, metric)));
  const byArm = Map.groupBy(rows, ({ arm }) => arm);
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return Object.fromEntries(
    [...byArm].map(([arm, all]) => [
      arm,
      `${sum(all.map(({ units }) => units))}/${sum(all.map(({ events }) => events))}`,
    ]),
  );
}

const served = (id: string, values = {}) => servedRolloutOf({ rolloutId: id, slowMs: 10, outcomeAgeMs: 20, ...values });

test("counts every request once when counts are sent again or extended, and sums two gateways", async () => {
  const id = await rolloutId();
  const books = ["one", "two"].map((source) => new EvidenceBook(db, source, () => new Set([id])));
  for (const book of books) {
    const ledger = book.of(workspaceId, served(id));
    for (const status of [200, 500]) {
      const one = request({ arm: status === 200 ? "stable" : "canary" });
      ledger.add(one);
      ledger.end(one, status, one.startedAt + 5);
      ledger.advance(performance.now());
      await book.flush();
      await book.flush();
    }
    await book.close();
  }
  expect(await counts(id, "errors")).toEqual({ stable: "2/0", canary: "2/2" });
  expect(await counts(id, "slow")).toEqual({ stable: "2/0", canary: "2/0" });
});

test("retries failed writes later, and flushes completed requests on shutdown whatever their age", async () => {
  const id = await rolloutId();
  let isAway = true;
  const shaky = new Proxy(db, {
    get: (target, name) => {
      if (isAway && name === "execute") return async () => Promise.reject(new Error("Postgres is away."));
      return Reflect.get(target, name);
    },
  });
  const book = new EvidenceBook(shaky, "shaky", () => new Set([id]));
  const ledger = book.of(workspaceId, served(id));
  const old = request({});
  ledger.add(old);
  ledger.end(old, 503, old.startedAt + 1);
  ledger.advance(performance.now());
  await book.flush();
  expect(await counts(id, "errors")).toEqual({});
  isAway = false;
  const young = request({ startedAt: performance.now() });
  ledger.add(young);
  ledger.end(young, 200, young.startedAt + 1);
  await book.close();
  expect(await counts(id, "errors")).toEqual({ stable: "2/1" });
});

test("drops the evidence of a deleted rollout without blocking other rollouts", async () => {
  const id = await rolloutId();
  const gone = "00000000-0000-4000-8000-000000000000";
  const book = new EvidenceBook(db, "gone", () => new Set());
  for (const rollout of [served(gone), served(gone.replace("8", "9"), { unit: { kind: "token" } }), served(id)]) {
    const ledger = book.of(workspaceId, rollout);
    const one = request({ unit: rollout.unit.kind === "token" ? "0123456789abcdef" : "" });
    ledger.add(one);
    ledger.end(one, 500, one.startedAt + 1);
  }
  await book.close();
  expect(await counts(id, "errors")).toEqual({ stable: "1/1" });
  expect(await counts(gone, "errors")).toEqual({});
});

const unit = (name: string, values: Partial<SeenUnit> = {}): SeenUnit => ({
  unit: name,
  arm: "stable",
  step: 0,
  weight: 0.1,
  events: [],
  ...values,
});
const failed = (arm: "stable" | "canary" = "stable", step = 0) => ({
  metric: "errors" as const,
  bin: 0,
  value: 0,
  arm,
  step,
  weight: 0.1,
});
const of = (rolloutId: string) => ({ workspaceId, rolloutId, metrics: ["errors", "slow"] as const });

test("counts a unit and its first failure once, however often it is reported, even after a lost response", async () => {
  const id = await rolloutId();
  const received = [unit("a", { events: [failed()] }), unit("b")];
  // The response to the commit never arrived, so the same units are sent again.
  for (let time = 0; time < 3; time += 1) await storeUnits(db, of(id), received);
  expect(await counts(id, "errors")).toEqual({ stable: "2/1" });
  await storeUnits(db, of(id), [unit("a", { arm: "canary", step: 1, events: [failed("canary", 1)] })]);
  expect(await counts(id, "errors")).toEqual({ stable: "2/1" });
  // It moved when the weight grew, and fails for the first time there.
  await storeUnits(db, of(id), [unit("b", { arm: "canary", step: 1, events: [failed("canary", 1)] })]);
  expect(await counts(id, "errors")).toEqual({ stable: "2/1", canary: "0/1" });
  expect(await counts(id, "slow")).toEqual({ stable: "2/0" });
});

test("counts each unit once when two gateways report the same units concurrently", async () => {
  const id = await rolloutId();
  const names = Array.from({ length: 300 }, (_, at) => `unit-${at}`);
  const summarise = (order: string[]) => order.map((name) => unit(name, { events: [failed()] }));
  await Promise.all([names, names.toReversed(), names].map((order) => storeUnits(db, of(id), summarise(order))));
  expect(await counts(id, "errors")).toEqual({ stable: "300/300" });
});

test("stores nothing for a transaction that fails, and everything on retry", async () => {
  const id = await rolloutId();
  const breaking = new Proxy(db, {
    get: (target, name) => {
      if (name !== "transaction") return Reflect.get(target, name);
      return (work: (tx: Database) => Promise<unknown>) =>
        target.transaction(async (tx) => {
          await work(tx as unknown as Database);
          throw new Error("The connection broke.");
        });
    },
  });
  const book = new EvidenceBook(breaking, "breaking", () => new Set([id]));
  const ledger = book.of(workspaceId, served(id, { unit: { kind: "token" } }));
  const one = request({ unit: "0123456789abcdef" });
  ledger.add(one);
  ledger.end(one, 500, one.startedAt + 1);
  ledger.advance(performance.now());
  await book.flush();
  await book.close();
  expect(await db.select().from(rolloutUnits).where(eq(rolloutUnits.rolloutId, id))).toEqual([]);
  await storeUnits(db, of(id), ledger.units.take());
  expect(await counts(id, "errors")).toEqual({ stable: "1/1" });
});

test("uses the outputs and costs of the first response of a unit", async () => {
  const id = await rolloutId();
  const prediction = (bin: number, value: number) => [
    { ...failed(), metric: "output-shift" as const, bin },
    { ...failed(), metric: "cost" as const, value },
  ];
  await storeUnits(db, of(id), [unit("a", { events: prediction(3, 2) }), unit("b", { events: prediction(3, 4) })]);
  await storeUnits(db, of(id), [unit("a", { events: prediction(1, 100) })]);
  const rows = await db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, id));
  expect(rows.filter(({ metric }) => metric === "output-shift")).toMatchObject([{ bin: 3, units: 2, events: 2 }]);
  expect(rows.filter(({ metric }) => metric === "cost")).toMatchObject([{ units: 2, sum: 6, sumSquares: 20 }]);
});
