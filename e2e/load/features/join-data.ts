import { join } from "node:path";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { literal } from "#server/develop/features/offline/engine/sql-text.ts";

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;

/** Views of the measured joins: a million rows of 10,000 drivers in 90 days with five features, and a limit of age in microseconds, or none. */
export const joinedViews = [
  { name: "j7", ttlUs: 7 * dayUs },
  { name: "j30", ttlUs: 30 * dayUs },
  { name: "j0", ttlUs: null },
] as const;
export const joinedFeatures = ["a", "b", "c", "d", "e"] as const;
export const spineSizes = [100_000, 1_000_000] as const;

const viewRows = 1_000_000;
const drivers = 10_000;
/** 1 January 2026. */
const firstUs = 1_767_225_600_000_000;
const days = 90;

const spineFile = (rows: number) => `spine-${rows}.parquet`;

/**
 * Writes the sources of the views, in the form that Feast reads, and the rows to which they are joined. Always the same ones.
 * @param place makes a file from a source: its name, its query with columns as in the source
 */
export async function writeJoinData(
  folder: string,
  place: (engine: OfflineEngine, view: (typeof joinedViews)[number], source: string) => Promise<void>,
): Promise<void> {
  const engine = await OfflineEngine.open({ folder });
  try {
    for (const [index, view] of joinedViews.entries()) {
      const path = join(folder, `${view.name}.parquet`);
      const random = (salt: number) => `(hash(i * 31 + ${index * 100 + salt}) % 1000003)::DOUBLE / 1000003`;
      const event = `${firstUs} + CAST(${random(1)} * ${days * dayUs} AS BIGINT)`;
      const time = (micros: string) => `make_timestamp(${micros}) AT TIME ZONE 'UTC'`;
      const values = joinedFeatures.map((name, at) => `${random(10 + at)} AS ${name}`);
      await engine.run(
        `COPY (SELECT CAST(hash(i * 7 + ${index}) % ${drivers} AS BIGINT) AS driver_id, ${time(event)} AS event_timestamp,
          ${time(`${event} + CAST(${random(2)} * ${hourUs} AS BIGINT)`)} AS created, ${values.join(", ")}
          FROM range(${viewRows}) AS numbers(i)) TO ${literal(path)} (FORMAT parquet)`,
      );
      await place(engine, view, path);
    }
    for (const rows of spineSizes) {
      const path = join(folder, spineFile(rows));
      await engine.run(
        `COPY (SELECT CAST(hash(i * 13 + 5) % ${drivers} AS BIGINT) AS driver_id,
          make_timestamp(${firstUs} + CAST((hash(i * 17 + 3) % 1000003)::DOUBLE / 1000003 * ${days * dayUs} AS BIGINT)) AT TIME ZONE 'UTC' AS event_timestamp,
          i % 2 AS label FROM range(${rows}) AS numbers(i)) TO ${literal(path)} (FORMAT parquet)`,
      );
    }
  } finally {
    engine.close();
  }
}
