import { openDatabase } from "#db/client.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { columnsOf, featureNames } from "./features/data.ts";
import { openGatewayFixture } from "./gateway-fixture.ts";
import { quantile } from "./raw-clients.ts";
import { atMost, type Row } from "./report.ts";

const entities = 10_000;
const lookUps = 20_000;
/** Look-ups before those that are measured: the process compiles, a view is loaded, copies are made. */
const warmUp = 5_000;
const widths = [10, 50] as const;
/** Keys in turns, few enough that copies of all of them are believed. */
const keys = 64;

/** Measures what a look-up of one row costs inside a gateway, without transport: from a view that is held, from copies, and from Postgres. */
export async function run(): Promise<Row[]> {
  const fixture = await openGatewayFixture();
  const reads = openDatabase(fixture.environment.DATABASE_URL, { max: 4, name: "leeway-bench" });
  const { ctx } = fixture;
  const options = { db: ctx.db, reads: reads.db, feed: { subscribe: () => () => {} } };
  const held = { maxBytes: 2 ** 28, maxViewBytes: 2 ** 26 };
  const gateways = {
    held: new OnlineFeatures({ ...options, cacheBytes: 0, held }),
    cached: new OnlineFeatures({ ...options, cacheBytes: 2 ** 26 }),
    asked: new OnlineFeatures({ ...options, cacheBytes: 0 }),
  };
  try {
    await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
    const rows: Row[] = [];
    for (const width of widths) {
      const features = featureNames(width).map((name) => ({ name, type: "float64" as const }));
      await defineFeatureView(ctx, { name: `v${width}`, entities: ["driver"], features });
      const { created: _, ...columns } = columnsOf(entities, width, new Date());
      await gateways.asked.write(ctx, { view: `v${width}`, columns });
      const look = (gateway: OnlineFeatures, count: number) => medianOf(gateway, ctx, width, count);
      for (const name of ["held", "cached"] as const) await look(gateways[name], warmUp);
      // In turns, so that the neighbours of the machine disturb both alike.
      const times = { held: [] as number[], cached: [] as number[] };
      for (let turn = 0; turn < 10; turn += 1) {
        for (const name of ["held", "cached"] as const) times[name].push(await look(gateways[name], lookUps / 10));
      }
      const [heldMs, cachedMs] = [quantile(times.held, 0.5), quantile(times.cached, 0.5)];
      rows.push(atMost(0.05, { name: `held-1x${width}-ms`, unit: "ms at p50", leeway: heldMs }, cachedMs));
      const askedMs = await look(gateways.asked, 2_000);
      rows.push(atMost(0.5, { name: `asked-1x${width}-ms`, unit: "ms at p50", leeway: askedMs }, cachedMs));
    }
    return rows;
  } finally {
    for (const gateway of Object.values(gateways)) await gateway.close();
    await reads.close();
    await fixture.close();
  }
}

/** Returns the median time of look-ups of one row after another, in milliseconds. */
async function medianOf(
  gateway: OnlineFeatures,
  ctx: Parameters<OnlineFeatures["lookUp"]>[0],
  width: number,
  count: number,
): Promise<number> {
  const features = featureNames(width).map((name) => `v${width}:${name}`);
  const times: number[] = [];
  for (let lookUp = 0; lookUp < count; lookUp += 1) {
    const wanted = { features, service: undefined, entities: { driver_id: [(lookUp * 7) % keys] }, fullNames: false };
    const startedAt = performance.now();
    const { columns } = await gateway.lookUp(ctx, wanted);
    times.push(performance.now() - startedAt);
    if (columns[0]?.statuses[0] !== "PRESENT") throw new Error("A row was not found.");
    // Timers and sockets have their turn, as between two requests.
    if (lookUp % 50 === 0) await new Promise(setImmediate);
  }
  return quantile(times, 0.5);
}
