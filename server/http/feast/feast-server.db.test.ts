import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Database } from "#db/client.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import {
  getFeatureView,
  listFeatureServices,
  listFeatureViews,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";
import { lookUpFeatures } from "#server/develop/features/look-up/look-up-features.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { currentWorkspace } from "#server/platform/identity/workspaces/current-workspace.ts";
import { flightRows, recordedCalls, sendGrpc } from "#server/testing/fixtures/http/feast/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { startFeastServer } from "./feast-server.ts";
import { historicalReads } from "./flight/historical-reads.ts";
import { decodeFlight, encodeFlight } from "./flight/messages.ts";
import { decode, encode } from "./messages.ts";
import { registryCalls } from "./registry/calls.ts";
import { specOf } from "./registry/wire-object.ts";

/** Sends the calls of a client in the order in which it sent them. */
async function replay(ctx: Context, version: string): Promise<number> {
  let sent = 0;
  for (const { method = "", request } of recordedCalls(version)) {
    if (request === undefined) continue;
    const call = registryCalls[method.split("/").at(-1) ?? ""];
    if (!call) throw new Error(`${method} is not answered.`);
    const answer = call({ ctx, inProject: async () => ctx }, Buffer.from(request, "base64"));
    // The recorded project is another workspace than the one of this test.
    if (method.endsWith("/ApplyProject")) await expect(answer).rejects.toThrow('There is no project "default"');
    else await answer;
    sent += 1;
  }
  return sent;
}

test.each(["0.67.0", "0.63.0"])(
  "understands all that a client of %s defines, and returns it as it was sent",
  (version) =>
    inWorkspace(async (ctx) => {
      expect(await replay(ctx, version)).toBeGreaterThan(50);
      const views = await listFeatureViews(ctx);
      expect(
        views.map(({ name, current }) => [
          name,
          current.version,
          current.entities.map(({ joinKey, type }) => `${joinKey} ${type}`),
        ]),
      ).toEqual([
        ["alltypes", 1, ["k string"]],
        ["customer_profile", 1, ["customer_id string"]],
        ["driver_stats", 1, ["driver_id int64"]],
        ["global_fv", 1, []],
        ["pair", 1, ["customer_id string", "driver_id int64"]],
      ]);
      const driver = await getFeatureView(ctx, "driver_stats");
      expect(driver).toMatchObject({
        ttlUs: 86_400_000_000,
        stale: "serve",
        cutoff: "created",
        source: "driver_push",
        eventTimeColumn: "event_timestamp",
        createdTimeColumn: "created",
        description: "of the last hour",
        owner: "ann@example.test",
        isOnline: true,
      });
      expect(driver.current.features.map(({ name, type }) => `${name} ${type}`)).toEqual([
        "conv_rate float32",
        "acc_rate float32",
        "avg_daily_trips int64",
      ]);
      expect((await getFeatureView(ctx, "alltypes")).current.features.map(({ type }) => type)).toEqual([
        "int32",
        "int64",
        "float32",
        "float64",
        "string",
        "bool",
        "bytes",
        "timestamp",
        "list<int64>",
        "list<float64>",
        "list<string>",
        "list<bool>",
      ]);
      expect((await listFeatureServices(ctx)).map(({ name, projections }) => [name, projections])).toEqual([
        [
          "alias_svc",
          [
            {
              view: "driver_stats",
              version: null,
              features: ["conv_rate"],
              alias: "origin",
              joinKeys: { driver_id: "origin_id" },
            },
            {
              view: "driver_stats",
              version: null,
              features: ["conv_rate"],
              alias: "dest",
              joinKeys: { driver_id: "dest_id" },
            },
          ],
        ],
        [
          "driver_svc",
          [
            {
              view: "driver_stats",
              version: null,
              features: ["conv_rate", "avg_daily_trips"],
              alias: null,
              joinKeys: {},
            },
            { view: "customer_profile", version: null, features: ["tier"], alias: null, joinKeys: {} },
          ],
        ],
      ]);
      expect((await listViewSources(ctx)).map(({ name, kind }) => `${kind} ${name}`)).toContain("push driver_push");
      const sent = recordedCalls(version).flatMap(({ method, request = "" }) => {
        if (!method?.endsWith("/ApplyFeatureView")) return [];
        const { feature_view: view } = decode("ApplyViewRequest", Buffer.from(request, "base64"));
        return view && decode("ViewSpec", specOf(view)).name === "driver_stats" ? [Buffer.from(specOf(view))] : [];
      });
      const answer = await registryCalls.GetFeatureView?.(
        { ctx, inProject: async () => ctx },
        Buffer.concat([Buffer.from([0x0a, 12]), Buffer.from("driver_stats")]),
      );
      expect(sent.some((spec) => spec.equals(specOf(answer ?? new Uint8Array())))).toBe(true);
    })(),
);

describe("views that wait for their entities", () => {
  const call = (ctx: Context, name: string, request: Uint8Array) =>
    registryCalls[name]?.({ ctx, inProject: async () => ctx }, request);
  const column = (name: string, type: number) => ({ name, value_type: type, tags: {}, description: "" });
  /** A trip from one place to another: it is not clear which column names which. */
  const applyTrip = (ctx: Context, feature: string, type = 4) => {
    const spec = {
      name: "trip",
      entities: ["origin", "dest"],
      entity_columns: [column("a", 4), column("b", 4)],
      features: [column(feature, type)],
      online: true,
    };
    const view = encode("Described", { spec: encode("ViewSpec", spec as never) });
    return call(ctx, "ApplyFeatureView", encode("ApplyViewRequest", { feature_view: view, project: "" } as never));
  };
  const applyPlace = (ctx: Context, name: string, key: string, type = 4) => {
    const spec = encode("EntitySpec", { name, value_type: type, join_key: key } as never);
    return call(ctx, "ApplyEntity", encode("ApplyRequest", { object: encode("Described", { spec }), project: "" }));
  };
  const deleteTrip = (ctx: Context) =>
    call(ctx, "DeleteFeatureView", encode("NamedRequest", { name: "trip", project: "" }));
  const featuresOf = async (ctx: Context) =>
    (await listFeatureViews(ctx)).map(({ name, current }) => [name, ...current.features.map(({ name }) => name)]);

  test(
    "are defined when the entities arrive, and then wait no longer",
    inWorkspace(async (ctx) => {
      await applyTrip(ctx, "old");
      expect(await featuresOf(ctx)).toEqual([]);
      await applyPlace(ctx, "origin", "a");
      // Now the other column is clear.
      await applyTrip(ctx, "new");
      expect(await featuresOf(ctx)).toEqual([["trip", "new"]]);
      await applyPlace(ctx, "dest", "b");
      expect(await featuresOf(ctx)).toEqual([["trip", "new"]]);
    }),
  );

  test(
    "are refused at once when they are wrong",
    inWorkspace(async (ctx) => {
      await expect(applyTrip(ctx, "x", 999)).rejects.toThrow("type that Leeway does not store");
      await expect(applyTrip(ctx, "")).rejects.toThrow();
      await applyPlace(ctx, "origin", "a");
      await applyPlace(ctx, "dest", "b");
      expect(await featuresOf(ctx)).toEqual([]);
    }),
  );

  test(
    "go on waiting when they cannot be defined, and are deleted like others",
    inWorkspace(async (ctx) => {
      await applyTrip(ctx, "x");
      await applyPlace(ctx, "origin", "a");
      await expect(applyPlace(ctx, "dest", "a")).rejects.toThrow();
      // The entity is defined all the same, and is mended.
      await applyPlace(ctx, "dest", "b");
      expect(await featuresOf(ctx)).toEqual([["trip", "x"]]);
      await deleteTrip(ctx);
      expect(await featuresOf(ctx)).toEqual([]);
    }),
  );

  test(
    "do not come back once they are deleted",
    inWorkspace(async (ctx) => {
      await applyTrip(ctx, "x");
      await deleteTrip(ctx);
      await applyPlace(ctx, "origin", "a");
      await applyPlace(ctx, "dest", "b");
      expect(await featuresOf(ctx)).toEqual([]);
      await expect(deleteTrip(ctx)).rejects.toThrow("trip");
    }),
  );
});

describe("over the network", () => {
  let db: Database;
  let folder: string;
  let artifacts: ArtifactStore;
  beforeAll(async () => {
    ({ db } = await freshDatabase());
    folder = await mkdtemp(join(tmpdir(), "leeway-feast-"));
    artifacts = await openLocalStore(join(folder, "artifacts"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Starts the server and connects to it, with a token of a new workspace. */
  async function connected(scopes = ["features:read", "features:write", "features:define"]) {
    const ctx = await newWorkspace(db);
    const { secret } = await createToken(ctx, { name: "feast", scopes: scopes as never });
    const { slug } = await currentWorkspace(ctx);
    const server = await startFeastServer({
      db,
      config: { feastPort: 0, host: "127.0.0.1", trustProxy: false, maxConnectionsPerAddress: undefined },
      reads: historicalReads({ artifacts, scratch: join(folder, "scratch"), network: { allowsPrivate: false } }),
    });
    onTestFinished(() => server.close(100));
    const session = connect(`http://127.0.0.1:${server.port}`);
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
    const call = (path: string, messages: readonly Uint8Array[], token: string | undefined = secret) =>
      sendGrpc(session, path, messages, token);
    const registry = (name: string, message: Uint8Array, token?: string) =>
      call(`/feast.registry.RegistryServer/${name}`, [message], token);
    const flight = (name: string, messages: readonly Uint8Array[]) =>
      call(`/arrow.flight.protocol.FlightService/${name}`, messages);
    return { ctx, project: slug.replaceAll("-", "_"), registry, flight };
  }

  const driverEntity = (project: string) =>
    encode("ApplyRequest", {
      object: encode("Described", {
        spec: encode("EntitySpec", { name: "driver", value_type: 4, join_key: "driver_id" }),
      }),
      project,
    });

  test("applies and returns an entity for the project of the token's workspace", async () => {
    const { registry, project } = await connected();
    expect(await registry("ApplyEntity", driverEntity(project))).toMatchObject({ status: 0 });
    const { status, body } = await registry("GetEntity", encode("NamedRequest", { name: "driver", project }));
    expect(status).toBe(0);
    expect(decode("EntitySpec", specOf(body[0] ?? new Uint8Array()))).toMatchObject({
      name: "driver",
      join_key: "driver_id",
    });
    const { body: projects } = await registry("ListProjects", new Uint8Array());
    const [object = new Uint8Array()] = decode("ListResponse", projects[0] ?? new Uint8Array()).objects;
    expect(decode("ProjectSpec", specOf(object)).name).toBe(project);
  });

  test.each([
    ["without a token", "", "ListEntities", 16, "FeastPermissionError", "LEEWAY_TOKEN"],
    ["with an unknown token", `lw_${"0".repeat(40)}`, "ListEntities", 16, "FeastPermissionError", "Unknown token"],
    ["for another project", undefined, "ListEntities", 5, "FeastObjectNotFoundException", "does not exist"],
    ["for an unknown entity", undefined, "GetEntity", 5, "EntityNotFoundException", '"nobody"'],
    ["for what Leeway does not store", undefined, "ApplySavedDataset", 12, "FeastError", "saved datasets"],
    ["for rights, which Leeway has its own way for", undefined, "ApplyPermission", 12, "FeastError", "permissions"],
  ] as const)(
    "refuses a call %s, as an error that Feast's client raises",
    async (what, token, name, status, kind, words) => {
      const { registry, project } = await connected();
      const message =
        name === "GetEntity"
          ? encode("NamedRequest", { name: "nobody", project })
          : encode("ListRequest", { project: what === "for another project" ? "another" : project });
      const answer = await registry(name, message, token);
      expect(answer.status).toBe(status);
      const detail = JSON.parse(answer.message);
      expect(detail).toMatchObject({ module: "feast.errors", class: kind });
      expect(detail.message).toContain(words);
    },
  );

  test("refuses definitions by a token that may only read", async () => {
    const { registry, project } = await connected(["features:read"]);
    const { status, message } = await registry("ApplyEntity", driverEntity(project));
    expect([status, JSON.parse(message).class]).toEqual([7, "FeastPermissionError"]);
  });

  test("does not show definitions of one workspace to another", async () => {
    const first = await connected();
    await first.registry("ApplyEntity", driverEntity(first.project));
    const second = await connected();
    const { body } = await second.registry("ListEntities", encode("ListRequest", { project: second.project }));
    expect(decode("ListResponse", body[0] ?? new Uint8Array()).objects).toEqual([]);
  });

  test.each(["0.67.0", "0.63.0"])("writes the rows that a client of %s sent over Flight", async (version) => {
    const { ctx, flight } = await connected();
    await replay(ctx, version);
    const written = recordedCalls(version).findLast(({ method }) => method?.endsWith("/DoPut"));
    const messages = (written?.messages ?? []).map((message) => Buffer.from(message, "base64"));
    expect(await flight("DoPut", messages)).toMatchObject({ status: 0 });
    const { columns } = await lookUpFeatures(ctx, {
      features: ["driver_stats:conv_rate"],
      entities: { driver_id: [1001, 1002] },
    });
    expect(columns[0]?.values).toEqual([0.5, 0.25]);
    // 12:00:00.123456789, rounded up.
    expect(columns[0]?.answer.eventAt).toEqual([1_772_366_400_123_457, 1_772_366_400_123_457]);
  });

  test("answers the columns of a source in one call, and in the three of older clients", async () => {
    const { ctx, flight } = await connected();
    await replay(ctx, "0.67.0");
    const command = Buffer.from(
      JSON.stringify({
        command_id: "1",
        api: "get_table_column_names_and_types_from_data_source",
        data_source_proto: JSON.stringify({ name: "driver_history" }),
      }),
    );
    const sent = recordedCalls("0.67.0").find(({ method }) => method?.endsWith("/DoExchange"))?.messages ?? [];
    const table = sent.slice(1).map((message) => Buffer.from(message, "base64"));
    const descriptor = { type: 2, cmd: command };
    const start = Buffer.from(encodeFlight("FlightData", { flight_descriptor: descriptor }));
    const exchanged = await flight("DoExchange", [start, ...table]);
    expect(exchanged.status).toBe(0);
    expect(flightRows(exchanged.body)).toEqual([
      { name: "driver_id", type: "int64" },
      { name: "conv_rate", type: "float" },
      { name: "acc_rate", type: "float" },
      { name: "avg_daily_trips", type: "int64" },
      { name: "event_timestamp", type: "timestamp[us, tz=UTC]" },
      { name: "created", type: "timestamp[us, tz=UTC]" },
    ]);
    expect(await flight("DoPut", [start, ...table])).toMatchObject({ status: 0 });
    const info = await flight("GetFlightInfo", [encodeFlight("FlightDescriptor", descriptor)]);
    const [endpoint] = decodeFlight("FlightInfo", info.body[0] ?? Buffer.alloc(0)).endpoint;
    const ticket = encodeFlight("Ticket", endpoint?.ticket ?? {});
    expect(flightRows((await flight("DoGet", [ticket])).body)).toEqual(flightRows(exchanged.body));
    // A table is used once.
    const again = await flight("DoGet", [ticket]);
    expect(again.status).toBe(5);
    expect(again.message).toMatch(/^Flight error: \{"module":"feast.errors"/);
  });

  test("answers random bytes with an error of the caller, and goes on", async () => {
    const { ctx, flight, registry, project } = await connected();
    await replay(ctx, "0.67.0");
    let state = 11;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    };
    const valid = recordedCalls("0.67.0").flatMap(({ request, messages = [] }) =>
      [request ?? "", ...messages].filter(Boolean).map((text) => Buffer.from(text, "base64")),
    );
    const seen = new Set<number>();
    for (let round = 0; round < 400; round += 1) {
      const bytes = Buffer.from(valid[(round * 7 + next()) % valid.length] ?? []);
      for (let change = 0; change < 3; change += 1) bytes[next() % bytes.length] = next();
      const names = ["DoPut", "DoExchange", "GetFlightInfo", "DoGet"];
      const answer =
        round % 2
          ? await flight(names[round % names.length] ?? "DoPut", [bytes, ...valid.slice(-1)])
          : await registry(Object.keys(registryCalls)[(round / 2) % Object.keys(registryCalls).length] ?? "", bytes);
      seen.add(answer.status);
      // 13 would be an error of Leeway's, 2 one of the library's.
      expect([0, 3, 5, 7, 8, 9, 12], `round ${round}: ${answer.message}`).toContain(answer.status);
    }
    expect(seen.size).toBeGreaterThan(2);
    expect((await registry("ListEntities", encode("ListRequest", { project }))).status).toBe(0);
  });
});
