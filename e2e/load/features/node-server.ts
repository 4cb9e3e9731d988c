/**
 * Reference server: the least that a look-up takes in Node. A packed row of doubles per entity in Postgres, one prepared statement, Feast's
 * JSON; no statuses to decide, no types, no definitions. Arguments: port, URL of the database, number of entities.
 */
import { createServer } from "node:http";
import pg from "pg";
import { featureNames, featureValue, widths } from "./data.ts";

interface LookUp {
  features: string[];
  entities: { driver_id: number[] };
}

const [port, url, entities] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])];
const pool = new pg.Pool({ connectionString: url, max: 5 });
for (const width of widths) {
  await pool.query(
    `create table bare_v${width} (entity bigint primary key, event_at timestamptz not null, packed bytea not null)`,
  );
  for (let from = 0; from < entities; from += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, entities - from) }, (_, index) => from + index);
    const packed = ids.map((entity) => {
      const row = Buffer.alloc(8 * width);
      for (let index = 0; index < width; index += 1) row.writeDoubleBE(featureValue(entity, index), 8 * index);
      return row;
    });
    await pool.query(
      `insert into bare_v${width} select e, now(), p from unnest($1::bigint[], $2::bytea[]) as t (e, p)`,
      [ids, packed],
    );
  }
}

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = chunks.length > 0 ? await answer(JSON.parse(Buffer.concat(chunks).toString()) as LookUp) : "{}";
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}).listen(port, "127.0.0.1");

async function answer({ features, entities: { driver_id: ids } }: LookUp): Promise<string> {
  const [view = ""] = features[0]?.split(":") ?? [];
  const { rows } = await pool.query<{ entity: number; event_at: Date; packed: Buffer }>({
    name: view,
    text: `select entity, event_at, packed from bare_${view} where entity = any($1::bigint[])`,
    values: [ids],
  });
  const byEntity = new Map(rows.map((row) => [Number(row.entity), row]));
  const found = ids.map((id) => byEntity.get(id));
  const names = features.map((reference) => reference.slice(view.length + 1));
  const slots = new Map(featureNames(Number(view.slice(1))).map((name, index) => [name, index]));
  const columns = names.map((name) => {
    const offset = 8 * (slots.get(name) ?? 0);
    return {
      values: found.map((row) => row?.packed.readDoubleBE(offset) ?? null),
      statuses: found.map((row) => (row ? "PRESENT" : "NOT_FOUND")),
      event_timestamps: found.map((row) => row?.event_at.toISOString() ?? null),
    };
  });
  const keys = {
    values: ids,
    statuses: ids.map(() => "PRESENT"),
    event_timestamps: ids.map(() => "1970-01-01T00:00:00Z"),
  };
  return JSON.stringify({ results: [keys, ...columns], metadata: { feature_names: ["driver_id", ...names] } });
}
