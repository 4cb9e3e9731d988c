import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  type Table as ArrowTable,
  type DataType,
  Float64,
  Int64,
  RecordBatchStreamWriter,
  Table,
  TimestampMillisecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { getDatasetUpload } from "#server/develop/datasets/queries.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { currentWorkspace } from "#server/platform/identity/workspaces/current-workspace.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { flightRows, recordedCalls, sendGrpc } from "#server/testing/fixtures/http/feast/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { startFeastServer } from "../feast-server.ts";
import { grpcCodes } from "../grpc/status.ts";
import { historicalReads } from "./historical-reads.ts";
import { messagesOfStream } from "./ipc-messages.ts";
import { decodeFlight, encodeFlight } from "./messages.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-feast-reads-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const scratch = join(folder, "scratch");

const large = 2n ** 53n + 1n;
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;
const day = "2026-03-01T";
const ttl = 86_400_000_000n;

/** Driver, event time, trips, created time. */
const history: [number, string, bigint | null, string][] = [
  [1001, `${day}10:00:00Z`, 1n, `${day}10:01:00Z`],
  [1001, `${day}11:00:00Z`, large, `${day}11:01:00Z`],
  // True before noon, and known only days later.
  [1001, `${day}11:50:00Z`, 99n, "2026-03-05T00:00:00Z"],
  [1001, `${day}13:00:00Z`, 3n, `${day}13:01:00Z`],
  [1002, `${day}09:00:00Z`, 4n, `${day}09:01:00Z`],
  [1002, `${day}10:00:00Z`, null, `${day}10:01:00Z`],
  [1003, "2026-02-27T12:00:00Z", 5n, "2026-02-27T12:01:00Z"],
];

interface SpineRow {
  driver_id: bigint | null;
  event_timestamp: string;
  label: string;
}

const spine: SpineRow[] = [
  { driver_id: 1003n, event_timestamp: `${day}12:00:00Z`, label: "expired" },
  { driver_id: 1001n, event_timestamp: `${day}12:00:00Z`, label: "yes" },
  { driver_id: null, event_timestamp: `${day}12:00:00Z`, label: "null key" },
  { driver_id: 1002n, event_timestamp: `${day}12:00:00Z`, label: "null value" },
  { driver_id: 1001n, event_timestamp: `${day}12:00:00Z`, label: "again" },
  { driver_id: 1001n, event_timestamp: `${day}09:59:59Z`, label: "too early" },
  { driver_id: 1002n, event_timestamp: `${day}09:30:00Z`, label: "four" },
  { driver_id: 1003n, event_timestamp: "2026-02-28T12:00:00Z", label: "at the limit" },
  { driver_id: 7n, event_timestamp: `${day}12:00:00Z`, label: "unknown" },
  { driver_id: 1001n, event_timestamp: `${day}13:00:30Z`, label: "not yet arrived" },
];

/** Values by docs/spec/features.md section 13, row for row: the newest that was known. */
function expected(
  { driver_id: driver, event_timestamp: at }: Pick<SpineRow, "driver_id" | "event_timestamp">,
  cutoff: "created" | "event",
): { avg_daily_trips: bigint | null; conv_rate: number | null } {
  const t = micros(at);
  let best: { event: bigint; trips: bigint | null } | undefined;
  for (const [id, eventAt, trips, createdAt] of history) {
    const event = micros(eventAt);
    if (driver !== BigInt(id) || event > t || event < t - ttl) continue;
    if (cutoff === "created" && micros(createdAt) > t) continue;
    if (!best || event > best.event) best = { event, trips };
  }
  return { avg_daily_trips: best?.trips ?? null, conv_rate: best ? 0.5 : null };
}

const column = (values: readonly unknown[], type: DataType): Vector => vectorFromArray(values, type);

function spineTable(rows: readonly SpineRow[], key = "driver_id"): ArrowTable {
  const times = rows.map(({ event_timestamp: at }) => Date.parse(at));
  return new Table({
    [key]: column(
      rows.map(({ driver_id: driver }) => driver),
      new Int64(),
    ),
    event_timestamp: column(times, new TimestampMillisecond("UTC")),
    label: column(
      rows.map(({ label }) => label),
      new Utf8(),
    ),
    __index_level_0__: column(
      rows.map((_, row) => row / 2),
      new Float64(),
    ),
  });
}

const columnsOf = (table: ArrowTable): Record<string, Vector> =>
  Object.fromEntries(table.schema.names.map((name) => [name, table.getChild(name) as Vector]));

function messagesOf(table: ArrowTable, cmd: Uint8Array): Uint8Array[] {
  const stream = RecordBatchStreamWriter.writeAll(table).toUint8Array(true);
  return [
    encodeFlight("FlightData", { flight_descriptor: { type: 2, cmd } }),
    ...[...messagesOfStream(stream)].map(({ header, body }) =>
      encodeFlight("FlightData", { data_header: header, data_body: body }),
    ),
  ];
}

async function connected({ cutoff = "created" as "created" | "event", scopes = ["features:read"] } = {}) {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx, { cutoff });
  await writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows(history) });
  return { ctx, ...(await clientOf(ctx, scopes)) };
}

async function clientOf(ctx: Context, scopes: readonly string[]) {
  const { secret } = await createToken(ctx, { name: "feast", scopes: scopes as never });
  const { slug } = await currentWorkspace(ctx);
  const server = await startFeastServer({
    db,
    config: { feastPort: 0, host: "127.0.0.1", trustProxy: false, maxConnectionsPerAddress: undefined },
    reads: historicalReads({ artifacts, scratch, network: { allowsPrivate: false } }),
  });
  onTestFinished(() => server.close(100));
  const session = connect(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  const flight = (name: string, messages: readonly Uint8Array[]) =>
    sendGrpc(session, `/arrow.flight.protocol.FlightService/${name}`, messages, secret);
  const project = slug.replaceAll("-", "_");
  const ask = (more: object = {}, api = "get_historical_features") => commandFor(project, api, more);
  return { session, flight, project, ask, secret };
}

function commandFor(project: string, api: string, more: object): Buffer {
  return Buffer.from(
    JSON.stringify({
      command_id: "1",
      api,
      feature_view_names: ["driver_stats"],
      name_aliases: [null],
      feature_refs: ["driver_stats:avg_daily_trips", "driver_stats:conv_rate"],
      project,
      full_feature_names: false,
      ...more,
    }),
  );
}

/** Returns the folders in which rows are joined at the moment. */
async function scratchFolders(): Promise<string[]> {
  const found = await readdir(scratch, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isDirectory() && entry.name.startsWith("offline-")).map(({ name }) => name);
}

/** Sends a table and a command as clients up to 0.66 do. */
async function inThreeCalls(flight: Awaited<ReturnType<typeof connected>>["flight"], messages: readonly Uint8Array[]) {
  const { flight_descriptor: descriptor } = decodeFlight("FlightData", Buffer.from(messages[0] ?? []));
  expect(await flight("DoPut", messages)).toMatchObject({ status: 0 });
  const info = await flight("GetFlightInfo", [encodeFlight("FlightDescriptor", descriptor ?? {})]);
  const [endpoint] = decodeFlight("FlightInfo", info.body[0] ?? Buffer.alloc(0)).endpoint;
  return flight("DoGet", [encodeFlight("Ticket", endpoint?.ticket ?? {})]);
}

test.each(["created", "event"] as const)(
  "joins features to a client's rows by the view's cut-off, %s, in one call and in three",
  async (cutoff) => {
    const { flight, ask } = await connected({ cutoff });
    const messages = messagesOf(spineTable(spine), ask());
    const answer = await flight("DoExchange", messages);
    expect(answer).toMatchObject({ status: 0, message: "" });
    const rows = flightRows(answer.body);
    expect(rows).toEqual(
      spine.map((row, index) => ({
        ...row,
        event_timestamp: Date.parse(row.event_timestamp),
        __index_level_0__: index / 2,
        ...expected(row, cutoff),
      })),
    );
    // The cases are there.
    const trips = new Map(rows.map(({ label, avg_daily_trips: value }) => [label, value]));
    expect([trips.get("expired"), trips.get("at the limit"), trips.get("null key")]).toEqual([null, 5n, null]);
    expect([trips.get("yes"), trips.get("again")]).toEqual(cutoff === "created" ? [large, large] : [99n, 99n]);
    expect(flightRows((await inThreeCalls(flight, messages)).body)).toEqual(rows);
    // Nothing stays on the disk.
    expect(await scratchFolders()).toEqual([]);
  },
);

test.each([
  ["0.67.0", "DoExchange"],
  ["0.63.0", "DoPut"],
])("answers the rows that a client of %s sent", async (version, method) => {
  const { flight, project } = await connected();
  const sent = recordedCalls(version).find(({ method: name, messages: [first = ""] = [] }) => {
    return name?.endsWith(`/${method}`) && Buffer.from(first, "base64").includes("get_historical_features");
  });
  const [first = Buffer.alloc(0), ...table] = (sent?.messages ?? []).map((text) => Buffer.from(text, "base64"));
  const { flight_descriptor: descriptor, ...head } = decodeFlight("FlightData", first);
  // The recorded project is another workspace than the one of this test.
  const text = Buffer.from(descriptor?.cmd ?? []).toString();
  const cmd = Buffer.from(text.replace('"project": "default"', `"project": "${project}"`));
  const messages = [encodeFlight("FlightData", { ...head, flight_descriptor: { type: 2, cmd } }), ...table];
  const answer = method === "DoPut" ? await inThreeCalls(flight, messages) : await flight(method, messages);
  expect(answer).toMatchObject({ status: 0, message: "" });
  const rows = flightRows(answer.body);
  expect(rows).toHaveLength(3);
  expect(rows.map(({ conv_rate: value }) => value)).toEqual(
    rows.map(({ driver_id: driver, event_timestamp: at }) => {
      const event_timestamp = new Date(Number(at)).toISOString();
      return expected({ driver_id: driver as bigint, event_timestamp }, "created").conv_rate;
    }),
  );
  expect(rows.map(({ conv_rate: value }) => value)).toContain(0.5);
});

test("refuses a column whose name has a NUL, at which statements end", async () => {
  const { flight, ask } = await connected();
  const table = spineTable(spine);
  const named = new Table({ ...columnsOf(table), "la\u0000bel": table.getChild("label") as Vector });
  const answer = await flight("DoExchange", messagesOf(named, ask()));
  expect(answer).toMatchObject({ status: grpcCodes.invalidArgument, message: expect.stringContaining("NUL") });
});

test("names features in full by the alias, and takes join keys from the service that gives it", async () => {
  const { ctx, flight, ask } = await connected();
  const projection = { view: "driver_stats", version: null, features: ["avg_daily_trips"] };
  const joinKeys = { driver_id: "dest_id" };
  await defineFeatureService(ctx, { name: "trip", projections: [{ ...projection, alias: "dest", joinKeys }] });
  const asked = { name_aliases: ["dest"], feature_refs: ["dest:avg_daily_trips"], full_feature_names: true };
  const table = spineTable(spine, "dest_id");
  const answer = await flight("DoExchange", messagesOf(table, ask(asked)));
  expect(answer).toMatchObject({ status: 0, message: "" });
  expect(flightRows(answer.body).map((row) => row.dest__avg_daily_trips)).toEqual(
    spine.map((row) => expected(row, "created").avg_daily_trips),
  );
  const origin = { view: "driver_stats", version: null, features: ["conv_rate"], alias: "dest", joinKeys: {} };
  await defineFeatureService(ctx, { name: "other", projections: [origin] });
  const unclear = await flight("DoExchange", messagesOf(table, ask(asked)));
  expect([unclear.status, unclear.message]).toEqual([3, expect.stringContaining("different join keys")]);
});

test("joins features to a dataset that the client names in the place of SQL, its newest version or one by digest", async () => {
  const { ctx, flight, ask } = await connected({ scopes: ["features:read", "tracking:read"] });
  const upload = async (text: string) => {
    const body = Readable.from([Buffer.from(text)]);
    const place = { artifacts, maxBytes: 10 ** 6 };
    const { id } = await uploadDataset(ctx, { name: "my trips", fileName: "a.csv" }, body, place);
    await readDataset(ctx, id, artifacts);
    return (await getDatasetUpload(ctx, { name: "my trips", id })).digest;
  };
  const head = "driver_id,event_timestamp,fare,late\n";
  const first = await upload(`${head}1001,${day}12:00:00Z,1.5,true\n9999,${day}12:00:00Z,,false\n`);
  await upload(`${head}1002,${day}09:30:00Z,2,true\n`);
  // Clients send a table that means none.
  const none = new Table({ key: column(["a"], new Utf8()) });
  const answer = async (query: string) =>
    flightRows((await flight("DoExchange", messagesOf(none, ask({ entity_df_sql: query })))).body);
  const at = Date.parse(`${day}12:00:00Z`);
  expect(await answer(`dataset:my trips@${first}`)).toEqual([
    { driver_id: 1001n, event_timestamp: at, fare: 1.5, late: true, avg_daily_trips: large, conv_rate: 0.5 },
    { driver_id: 9999n, event_timestamp: at, fare: null, late: false, avg_daily_trips: null, conv_rate: null },
  ]);
  expect((await answer("dataset:my trips")).map(({ avg_daily_trips: trips }) => trips)).toEqual([4n]);
  const absent = await flight("DoExchange", messagesOf(none, ask({ entity_df_sql: "dataset:other" })));
  expect([absent.status, absent.message]).toEqual([5, expect.stringContaining("other")]);
  const { flight: limited, ask: limitedAsk } = await clientOf(ctx, ["features:read"]);
  const refused = await limited("DoExchange", messagesOf(none, limitedAsk({ entity_df_sql: "dataset:my trips" })));
  expect(refused.status).toBe(7);
});

test("answers a table without rows with its columns", async () => {
  const { flight, ask } = await connected();
  const answer = await flight("DoExchange", messagesOf(spineTable([]), ask()));
  expect(answer).toMatchObject({ status: 0, message: "" });
  expect(flightRows(answer.body)).toEqual([]);
});

test("does not confuse columns whose names differ in case", async () => {
  const { flight, ask } = await connected();
  const rows = spineTable(spine);
  const named = rows.assign(
    new Table({
      AVG_daily_trips: column(
        spine.map(() => "own"),
        new Utf8(),
      ),
    }),
  );
  const answer = await flight("DoExchange", messagesOf(named, ask()));
  expect(answer).toMatchObject({ status: 0, message: "" });
  expect(flightRows(answer.body).map((row) => [row.AVG_daily_trips, row.avg_daily_trips])).toEqual(
    spine.map((row) => ["own", expected(row, "created").avg_daily_trips]),
  );
});

test.each([
  ["SQL for the rows", { entity_df_sql: "SELECT 1" }, 3, "FeastError", "does not run SQL"],
  ["a range of time", { end_date: "2026-03-01T00:00:00" }, 3, "FeastError", "range of time"],
  ["no feature", { feature_refs: [] }, 3, "FeastError", "no feature"],
  ["an unknown feature", { feature_refs: ["driver_stats:x"] }, 3, "SpecifiedFeaturesNotPresentError", '"x"'],
  ["a view that it does not name", { feature_refs: ["boosted:x"] }, 3, "SpecifiedFeaturesNotPresentError", "boosted"],
  [
    "an unknown view",
    { feature_view_names: ["gone"], feature_refs: ["gone:x"] },
    5,
    "FeatureViewNotFoundException",
    "gone",
  ],
  [
    "a feature twice",
    { feature_refs: ["driver_stats:conv_rate", "driver_stats:conv_rate"] },
    3,
    "FeatureNameCollisionError",
    "conv_rate",
  ],
  ["another project", { project: "another" }, 5, "FeastObjectNotFoundException", "another"],
] as const)("refuses %s in words, as a class of Feast", async (_what, more, status, kind, words) => {
  const { flight, ask } = await connected();
  const answer = await flight("DoExchange", messagesOf(spineTable(spine), ask(more)));
  expect(answer.status).toBe(status);
  const detail = JSON.parse(answer.message.replace("Flight error: ", ""));
  expect(detail).toMatchObject({ module: "feast.errors", class: kind });
  expect(detail.message).toContain(words);
});

test("refuses rows without the join key, rows with a column that the engine needs, and pulls", async () => {
  const { flight, ask } = await connected();
  const renamed = await flight("DoExchange", messagesOf(spineTable(spine, "rider_id"), ask()));
  expect([renamed.status, renamed.message]).toEqual([3, expect.stringContaining('no column \\"driver_id\\"')]);
  const numbered = spineTable(spine).assign(
    new Table({
      RowId: column(
        spine.map(() => 1n),
        new Int64(),
      ),
    }),
  );
  const refused = await flight("DoExchange", messagesOf(numbered, ask()));
  expect([refused.status, refused.message]).toEqual([3, expect.stringContaining("Rename it")]);
  const pull = {
    data_source_name: "driver_push",
    join_key_columns: ["driver_id"],
    feature_name_columns: ["conv_rate"],
    timestamp_field: "event_timestamp",
  };
  const pulled = await flight(
    "DoExchange",
    messagesOf(spineTable(spine), ask(pull, "pull_latest_from_table_or_query")),
  );
  expect([pulled.status, pulled.message]).toEqual([3, expect.stringContaining("does not read push sources")]);
});

test("pulls the rows of a source, or the newest of each key, under the names that the source has", async () => {
  const { ctx, flight, ask } = await connected({ scopes: ["features:read", "tracking:read"] });
  const csv = `driver,event_timestamp,created,trips
1001,2026-03-01T12:00:00Z,2026-03-01T12:05:00Z,1
1001,2026-03-01T13:00:00Z,2026-03-01T13:05:00Z,2
1001,2026-03-01T13:00:00Z,2026-03-01T13:01:00Z,3
1002,2026-03-01T09:00:00Z,2026-03-01T09:05:00Z,4
1002,2026-03-01T18:00:00Z,2026-03-01T18:05:00Z,5
`;
  const body = Readable.from([Buffer.from(csv)]);
  const { id } = await uploadDataset(ctx, { name: "trips", fileName: "a.csv" }, body, { artifacts, maxBytes: 10_000 });
  await readDataset(ctx, id, artifacts);
  await defineViewSource(ctx, {
    name: "history",
    kind: "file",
    createdTimeColumn: "created",
    options: { path: "dataset:trips", fieldMapping: { driver: "driver_id", trips: "avg_daily_trips" } },
  });
  const options = { batchSource: "history" };
  await defineViewSource(ctx, { name: "driver_push", kind: "push", createdTimeColumn: "created", options });
  const pull = {
    data_source_name: "history",
    join_key_columns: ["driver"],
    feature_name_columns: ["trips"],
    timestamp_field: "event_timestamp",
    created_timestamp_column: "created",
    start_date: `${day}10:00:00+00:00`,
    end_date: `${day}18:00:00`,
  };
  const rowsOf = async (api: string, changes: object = {}) => {
    const answer = await flight("DoExchange", messagesOf(spineTable(spine), ask({ ...pull, ...changes }, api)));
    expect([answer.status, answer.message]).toEqual([0, expect.any(String)]);
    return flightRows(answer.body).map(({ driver, trips }) => [Number(driver), Number(trips)]);
  };
  expect(await rowsOf("pull_latest_from_table_or_query")).toEqual([
    [1001, 2],
    [1002, 5],
  ]);
  expect((await rowsOf("pull_all_from_table_or_query")).map(([, trips]) => trips)).toEqual([1, 2, 3, 5]);
  expect(await rowsOf("pull_all_from_table_or_query", { start_date: null, end_date: null })).toHaveLength(5);
  expect(await rowsOf("pull_latest_from_table_or_query", { end_date: `${day}08:00:00`, start_date: null })).toEqual([]);
  const refuse = async (changes: object, status: number, message: string) => {
    const command = ask({ ...pull, ...changes }, "pull_latest_from_table_or_query");
    const refused = await flight("DoExchange", messagesOf(spineTable(spine), command));
    expect([refused.status, refused.message]).toEqual([status, expect.stringContaining(message)]);
  };
  await refuse({ data_source_name: "none" }, 5, "DataSourceObjectNotFoundException");
  await refuse({ feature_name_columns: ["salary"] }, 3, 'has the column \\"salary\\"');
  await refuse({ start_date: "yesterday" }, 3, "not a time");
});

test("refuses a token that may not read features, and shows no other workspace's values", async () => {
  const writer = await connected({ scopes: ["features:write"] });
  const refused = await writer.flight("DoExchange", messagesOf(spineTable(spine), writer.ask()));
  expect([refused.status, refused.message]).toEqual([7, expect.stringContaining("FeastPermissionError")]);
  const other = await newWorkspace(db);
  await newDriverStats(other);
  const reader = await clientOf(other, ["features:read"]);
  const answer = await reader.flight("DoExchange", messagesOf(spineTable(spine), reader.ask()));
  expect(flightRows(answer.body).every((row) => row.avg_daily_trips === null)).toBe(true);
  expect((await reader.flight("DoExchange", messagesOf(spineTable(spine), writer.ask()))).status).toBe(5);
});

test("refuses before it reads the table what a token may not do, and what Leeway does not offer", async () => {
  const reader = await connected({ scopes: ["features:read"] });
  const writer = await connected({ scopes: ["features:write"] });
  const pull = { data_source_name: "x", join_key_columns: [], feature_name_columns: [], timestamp_field: "t" };
  // What comes after the command is no table, which is noticed only by who reads it.
  const sent = (cmd: Buffer) => [
    encodeFlight("FlightData", { flight_descriptor: { type: 2, cmd } }),
    encodeFlight("FlightData", { data_header: Buffer.from("no table") }),
  ];
  const writes = { feature_view_names: ["driver_stats"] };
  const source = { data_source_proto: JSON.stringify({ name: "driver_push" }) };
  const columns = "get_table_column_names_and_types_from_data_source";
  const refused: [Awaited<ReturnType<typeof connected>>, string, Buffer, number][] = [
    [reader, "DoPut", reader.ask(writes, "offline_write_batch"), 7],
    [writer, "DoExchange", writer.ask(), 7],
    [writer, "DoPut", writer.ask(), 7],
    [writer, "DoExchange", writer.ask(source, columns), 7],
    [writer, "DoPut", writer.ask(source, columns), 7],
    [writer, "DoPut", writer.ask(source, "validate_data_source"), 7],
    [reader, "DoPut", writer.ask(), 5],
    [reader, "DoExchange", writer.ask(), 5],
    [writer, "DoPut", writer.ask(pull, "pull_latest_from_table_or_query"), 7],
    [writer, "DoExchange", writer.ask(pull, "pull_all_from_table_or_query"), 7],
    [reader, "DoExchange", reader.ask({}, "persist"), 12],
    [reader, "DoPut", reader.ask({}, "write_logged_features"), 12],
  ];
  for (const [client, method, cmd, status] of refused) {
    expect((await client.flight(method, sent(cmd))).status, `${method} ${cmd}`).toBe(status);
  }
});

test("keeps the order of many rows, and stops when the client leaves", async () => {
  const { flight, ask, session, secret } = await connected();
  const count = 70_001;
  const many = Array.from({ length: count }, (_, row): SpineRow => {
    return { driver_id: row % 2 ? 9999n : 1001n, event_timestamp: `${day}12:00:00Z`, label: String(row) };
  });
  const messages = messagesOf(spineTable(many), ask());
  const rows = flightRows((await flight("DoExchange", messages)).body);
  expect(rows).toHaveLength(count);
  expect(
    rows.every(({ label, avg_daily_trips: trips }, row) => label === String(row) && trips === (row % 2 ? null : large)),
  ).toBe(true);
  const leaving = sendGrpc(session, "/arrow.flight.protocol.FlightService/DoExchange", messages, secret);
  await expect.poll(scratchFolders, { timeout: 10_000 }).toHaveLength(1);
  session.destroy();
  await leaving;
  await expect.poll(scratchFolders, { timeout: 10_000 }).toEqual([]);
}, 60_000);
