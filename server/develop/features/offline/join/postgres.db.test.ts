import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { rolledBack } from "#db/testing.ts";
import { ceilTo, floorTo } from "#server/testing/fixtures/features/brute-force.ts";
import {
  engineValue,
  type GoldenCell,
  type GoldenColumn,
  type GoldenJoin,
  type GoldenTable,
  type GoldenView,
  goldenJoins,
  joinOf,
  nanoseconds,
} from "#server/testing/fixtures/features/golden-joins.ts";

/** A second opinion: the rules of docs/spec/features.md as one LATERAL join per view, in Postgres. */
async function joinedByPostgres(db: Database, golden: GoldenJoin) {
  const { views, requested, goldenViews } = joinOf(golden);
  await createTable(db, "spine", golden.entities, "down");
  for (const [index, view] of goldenViews.entries()) await createTable(db, `source_${index}`, view, "up");
  const time = golden.entities.columns.find(({ type }) => type === "timestamp")?.name ?? "";
  const joins = views.map((view, index) => {
    const source = goldenViews[index] as GoldenView;
    const columnOf = (name: string) =>
      source.columns.find((column) => (source.field_mapping?.[column.name] ?? column.name) === name)?.name ?? "";
    const isCut = golden.filter_by_created_timestamp && source.created_time;
    const conditions = [
      ...view.keys.map(({ name }) => `source."${columnOf(name)}" = spine."${view.keyMap?.[name] ?? name}"`),
      `source."${source.event_time}" <= spine."${time}"`,
      ...(view.ttlMicros ? [`source."${source.event_time}" >= spine."${time}" - ${view.ttlMicros}`] : []),
      ...(isCut ? [`source."${source.created_time}" <= spine."${time}"`] : []),
    ];
    const order = [
      `"${source.event_time}" desc`,
      ...(source.created_time ? [`"${source.created_time}" desc nulls last`] : []),
    ];
    return `left join lateral (select * from source_${index} source where ${conditions.join(" and ")}
      order by ${order.join(", ")}, seq desc limit 1) view_${index} on true`;
  });
  const features = requested.map(({ view, feature }, index) => {
    const source = goldenViews[view] as GoldenView;
    const column = source.columns.find((each) => (source.field_mapping?.[each.name] ?? each.name) === feature)?.name;
    return `view_${view}."${column}"::text as "feature ${index}"`;
  });
  const query = `select spine.seq, ${features.join(", ")} from spine ${joins.join("\n")} order by spine.seq`;
  const { rows } = await db.execute<Record<string, string | null>>(sql.raw(query));
  return rows.map((row) => requested.map((_, index) => row[`feature ${index}`] ?? null));
}

const types: Record<string, string> = {
  int32: "integer",
  int64: "bigint",
  float32: "real",
  float64: "double precision",
  string: 'text collate "C"',
  bool: "boolean",
  "list<int64>": "bigint[]",
  timestamp: "bigint",
};

async function createTable(db: Database, name: string, { columns, rows }: GoldenTable, rounding: "up" | "down") {
  const shape = columns.map((column) => `"${column.name}" ${types[column.type]}`);
  await db.execute(sql.raw(`create temp table ${name} (seq bigint, ${shape.join(", ")}) on commit drop`));
  for (const [seq, row] of rows.entries()) {
    const cells = row.map((cell, index) => cellFor(cell, columns[index], rounding));
    const list = sql.join(
      cells.map((cell) => sql`${cell}`),
      sql`, `,
    );
    await db.execute(sql`insert into ${sql.identifier(name)} values (${seq}, ${list})`);
  }
}

function cellFor(cell: GoldenCell, column: GoldenColumn | undefined, rounding: "up" | "down"): unknown {
  if (Array.isArray(cell)) return `{${cell.join(",")}}`;
  if (column?.type === "timestamp" && typeof cell === "string") {
    const nanos = nanoseconds(cell);
    return String(rounding === "up" ? ceilTo(nanos) : floorTo(nanos));
  }
  return typeof cell === "bigint" ? String(cell) : cell;
}

/** The value as Postgres writes it. */
function postgresText(cell: GoldenCell, column: GoldenColumn | undefined): string | null {
  if (cell === null) return null;
  if (Array.isArray(cell)) return `{${cell.join(",")}}`;
  if (column?.type === "float32") return String(Number((cell as number).toPrecision(7)));
  return String(engineValue(cell, column));
}

const accepted = goldenJoins().filter(({ expected }) => !("refused" in expected));

test("62 recorded joins are accepted", () => {
  expect(accepted).toHaveLength(62);
});

test.each(accepted)("$case", (golden) =>
  rolledBack(async (db) => {
    const expected = golden.expected as { columns: string[]; rows: GoldenCell[][] };
    const { requested, goldenViews } = joinOf(golden);
    const rows = expected.rows.map((row) => {
      const cells = row.slice(-requested.length);
      return cells.map((cell, index) => {
        const { view = 0, feature = "" } = requested[index] ?? {};
        const source = goldenViews[view];
        return postgresText(
          cell,
          source?.columns.find((column) => (source.field_mapping?.[column.name] ?? column.name) === feature),
        );
      });
    });
    expect(await joinedByPostgres(db, golden)).toEqual(rows);
  }),
);
