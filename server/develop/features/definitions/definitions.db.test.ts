import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureUses, featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { auditedActions, expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { DefineFeatureView } from "../contract.ts";
import { defineFeatureEntity } from "./define-feature-entity.ts";
import { defineFeatureService } from "./define-feature-service.ts";
import { defineFeatureView } from "./define-feature-view.ts";
import { defineViewSource } from "./define-view-source.ts";
import { deleteFeatureEntity } from "./delete-feature-entity.ts";
import { deleteFeatureService } from "./delete-feature-service.ts";
import { deleteFeatureView } from "./delete-feature-view.ts";
import { deleteViewSource } from "./delete-view-source.ts";
import { previewFeatureView } from "./preview-feature-view.ts";
import {
  getFeatureView,
  listFeastMessages,
  listFeatureEntities,
  listFeatureServices,
  listFeatureViews,
  listFeatureViewVersions,
  listViewSources,
} from "./queries.ts";
import { deleteRegistryObject, listRegistryObjects, setRegistryObject } from "./registry-objects.ts";

/** Lets an endpoint use a feature of the view. */
async function use(ctx: Context, viewId: string, feature: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const user = { userKind: "endpoint" as const, userId: crypto.randomUUID(), userName: "eta" };
  await ctx.db.insert(featureUses).values({ workspaceId, viewId, version: 1, ...user, features: [feature] });
}

type FeatureInput = DefineFeatureView["features"][number];

const withFeatures = (features: DefineFeatureView["features"], more: Partial<DefineFeatureView> = {}) => ({
  ...driverStats,
  features,
  ...more,
});

test(
  "writes nothing for the same definition, changes in place what versions do not fix, and makes a version for the rest",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    expect(view).toMatchObject({ name: "driver_stats", ttlUs: 86_400_000_000, createdTimeColumn: "created" });
    expect(view.current).toMatchObject({ version: 1, entities: [{ joinKey: "driver_id", type: "int64" }] });
    const actions = await auditedActions(ctx);
    expect(actions).toEqual(["feature-entity.created", "feature-source.created", "feature-view.created"]);

    expect((await defineFeatureView(ctx, driverStats)).outcome).toBe("unchanged");
    expect(await auditedActions(ctx)).toEqual(actions);

    const changed = await defineFeatureView(ctx, { ...driverStats, ttlUs: 1_500_000, owner: "ana" });
    expect(changed).toMatchObject({ outcome: "changed", definition: { ttlUs: 1_500_000, current: { version: 1 } } });

    const more = withFeatures([...driverStats.features, { name: "rating", type: "float64" }]);
    expect(await defineFeatureView(ctx, more)).toMatchObject({
      outcome: "new-version",
      definition: { number: view.number, current: { version: 2 } },
    });
    expect((await listFeatureViewVersions(ctx, "driver_stats")).map(({ version }) => version)).toEqual([2, 1]);
    expect((await auditedActions(ctx)).slice(3)).toEqual(["feature-view.changed", "feature-view.version-created"]);
  }),
);

test(
  "takes policies from tags, by which they travel through Feast",
  inWorkspace(async (ctx) => {
    const tags = { "leeway.stale": "serve", "leeway.cutoff": "event" };
    expect(await newDriverStats(ctx, { tags })).toMatchObject({ stale: "serve", cutoff: "event" });
    const wrong = defineFeatureView(ctx, { ...driverStats, tags: { "leeway.stale": "keep" } });
    await expectRefusal(wrong, "invalid", 'The tag "leeway.stale" must be null or serve, not "keep".');
  }),
);

test(
  "refuses to remove or retype what an endpoint uses, names it, and does it with a reason",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    await use(ctx, view.id, "conv_rate");
    const [, acc, trips] = driverStats.features as [object, object, object];
    const without = withFeatures([acc, trips] as typeof driverStats.features);
    await expectRefusal(
      defineFeatureView(ctx, without),
      "conflict",
      'Removing "conv_rate" of "driver_stats" would break endpoint eta.',
    );
    const retyped = withFeatures([{ name: "conv_rate", type: "float64" }, acc, trips] as typeof driverStats.features);
    await expectRefusal(defineFeatureView(ctx, retyped), "conflict", 'Retyping "conv_rate" of "driver_stats"');
    await expectRefusal(deleteFeatureView(ctx, { name: "driver_stats" }), "conflict", "would break endpoint eta");
    expect((await getFeatureView(ctx, "driver_stats")).current.version).toBe(1);
    // What nothing uses may go.
    const unused = withFeatures([driverStats.features[0], trips] as typeof driverStats.features);
    expect((await defineFeatureView(ctx, unused)).outcome).toBe("new-version");
    const forced = await defineFeatureView(ctx, { ...without, force: "the model is retired" });
    expect(forced.definition.current).toMatchObject({ version: 3, reason: "the model is retired" });
    await deleteFeatureView(ctx, { name: "driver_stats", force: "the model is retired" });
    expect(await listFeatureViews(ctx)).toEqual([]);
  }),
);

test(
  "refuses to set a view offline that an endpoint looks up, and does it with a reason",
  inWorkspace(async (ctx) => {
    const { id } = await newDriverStats(ctx);
    // A service is for training as well.
    await defineFeatureService(ctx, { name: "eta", projections: [{ view: "driver_stats" }] });
    expect(await previewFeatureView(ctx, { ...driverStats, isOnline: false })).toMatchObject({ breaks: [] });
    await use(ctx, id, "conv_rate");
    const offline = { ...driverStats, isOnline: false };
    const refusal = 'Setting "driver_stats" offline would break endpoint eta.';
    await expect(defineFeatureView(ctx, offline)).rejects.toThrow(refusal);
    const more = withFeatures([...driverStats.features, { name: "rating", type: "float64" }], { isOnline: false });
    await expect(defineFeatureView(ctx, more)).rejects.toThrow(refusal);
    expect(await previewFeatureView(ctx, offline)).toMatchObject({ outcome: "changed", breaks: ["endpoint eta"] });
    expect(await previewFeatureView(ctx, more)).toMatchObject({ outcome: "new-version", breaks: ["endpoint eta"] });
    expect(await defineFeatureView(ctx, { ...offline, force: "no longer used" })).toMatchObject({ outcome: "changed" });
    // It is offline already.
    expect(await defineFeatureView(ctx, { ...offline, owner: "ana" })).toMatchObject({ outcome: "changed" });
  }),
);

test(
  "previews what a definition would do without doing it",
  inWorkspace(async (ctx) => {
    const [conv, acc, trips] = driverStats.features as [FeatureInput, FeatureInput, FeatureInput];
    await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
    await defineViewSource(ctx, { name: "driver_push", kind: "push", createdTimeColumn: "created" });
    const nothing = { change: null, altered: [], breaks: [] };
    expect(await previewFeatureView(ctx, driverStats)).toEqual({ outcome: "created", version: 1, ...nothing });
    expect(await listFeatureViews(ctx)).toEqual([]);
    const view = await newDriverStats(ctx);
    expect(await previewFeatureView(ctx, driverStats)).toEqual({ outcome: "unchanged", version: 1, ...nothing });
    const owned = { ...driverStats, owner: "ana" };
    expect(await previewFeatureView(ctx, owned)).toEqual({ outcome: "changed", version: 1, ...nothing });

    await use(ctx, view.id, "conv_rate");
    const rules = { nullable: false, min: null, max: null, levels: null };
    const changed = withFeatures([
      { ...conv, type: "float64" },
      { ...trips, rules },
      { name: "new", type: "bool" },
    ]);
    const preview = await previewFeatureView(ctx, changed);
    expect(preview).toMatchObject({ outcome: "new-version", version: 2, altered: ["avg_daily_trips"] });
    expect(preview.change).toEqual({
      added: ["new"],
      removed: ["acc_rate"],
      retyped: [{ name: "conv_rate", before: "float32", after: "float64" }],
      hasOtherKeys: false,
    });
    expect(preview.breaks).toEqual(["endpoint eta"]);
    const unused = await previewFeatureView(ctx, withFeatures([conv, trips]));
    expect([unused.change?.removed, unused.breaks]).toEqual([["acc_rate"], []]);
    const keyless = await previewFeatureView(ctx, withFeatures([conv, acc, trips], { entities: [] }));
    expect([keyless.change?.hasOtherKeys, keyless.breaks]).toEqual([true, ["endpoint eta"]]);
    expect((await listFeatureViewVersions(ctx, "driver_stats")).map(({ version }) => version)).toEqual([1]);
    await expectRefusal(previewFeatureView(ctx, withFeatures([])), "invalid", "at least one feature");
  }),
);

test(
  "refuses to remove, retype or delete what a service projects or an expression of another view reads",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const [conv, acc, trips] = driverStats.features;
    const without = (removed: string) => withFeatures(driverStats.features.filter(({ name }) => name !== removed));
    const service = { name: "eta", projections: [{ view: "driver_stats", features: ["conv_rate"] }] };
    await defineFeatureService(ctx, service);
    await defineFeatureView(ctx, {
      name: "rides",
      entities: ["driver"],
      features: [{ name: "trips", type: "int64" }],
      expressions: [
        {
          name: "share",
          type: "int64",
          at: "look-up",
          cel: "trips - daily",
          inputs: { daily: "driver_stats@latest:avg_daily_trips" },
        },
      ],
    });
    const refuse = (change: Promise<unknown>, text: string) => expectRefusal(change, "conflict", text);
    await refuse(defineFeatureView(ctx, without("conv_rate")), "would break feature service eta.");
    await refuse(defineFeatureView(ctx, without("avg_daily_trips")), "would break feature view rides.");
    const retyped = withFeatures([{ ...conv, type: "float64" }, acc, trips] as typeof driverStats.features);
    await refuse(defineFeatureView(ctx, retyped), 'Retyping "conv_rate" of "driver_stats" would break feature service');
    const deletion = deleteFeatureView(ctx, { name: "driver_stats" });
    await refuse(deletion, "would break feature service eta, feature view rides.");
    expect((await defineFeatureView(ctx, without("acc_rate"))).outcome).toBe("new-version");
    // A service that names no feature has all.
    await defineFeatureService(ctx, { ...service, projections: [{ view: "driver_stats" }] });
    await refuse(defineFeatureView(ctx, withFeatures([conv] as typeof driverStats.features)), "feature service eta");
    await deleteFeatureService(ctx, { name: "eta" });
    await deleteFeatureView(ctx, { name: "rides" });
    await deleteFeatureView(ctx, { name: "driver_stats" });
    expect(await listFeatureViews(ctx)).toEqual([]);
  }),
);

test(
  "gives a view whose keys change another number, under which it has no rows",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    await defineFeatureEntity(ctx, { name: "car", joinKey: "car_id", type: "int64" });
    const { definition } = await defineFeatureView(ctx, { ...driverStats, entities: ["car", "driver"] });
    expect(definition.number).toBeGreaterThan(view.number);
    expect(definition.current.entities.map(({ joinKey }) => joinKey)).toEqual(["car_id", "driver_id"]);
  }),
);

test(
  "refuses definitions that cannot work",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const refuse = (changes: Partial<DefineFeatureView>, code: string, text: string) =>
      expectRefusal(defineFeatureView(ctx, { ...driverStats, name: "v", ...changes }), code, text);
    await refuse({ entities: ["rider"] }, "not-found", 'Entity "rider" not found');
    await refuse({ source: "nope" }, "not-found", 'Feature source "nope" not found');
    await refuse({ features: [] }, "invalid", "at least one feature");
    await refuse({ features: [{ name: "driver_id", type: "int64" }] }, "invalid", '"driver_id" is listed twice');
    await refuse({ features: [{ name: "created", type: "int64" }] }, "invalid", '"created" is listed twice');
    const inOtherCase = "differ only in case. Join keys, time columns, features";
    await refuse({ features: [{ name: "Driver_ID", type: "int64" }] }, "invalid", inOtherCase);
    const trips = { name: "trips", type: "int64" as const };
    await refuse({ features: [trips, { name: "Trips", type: "int64" }] }, "invalid", '"trips" and "Trips" differ only');
    const computed = { name: "TRIPS", type: "int64" as const, cel: "trips + 1", at: "arrival" as const };
    await refuse({ features: [trips], expressions: [computed] }, "invalid", inOtherCase);
    await refuse({ features: [{ name: "s", type: "string", rules: { min: 1 } }] }, "invalid", "Limits are for numbers");
    await refuse({ features: [{ name: "x", type: "int64", rules: { min: 2, max: 1 } }] }, "invalid", "greater");
    await expect(defineFeatureView(ctx, { ...driverStats, name: "a:b" })).rejects.toThrow("cannot contain");
    const entity = defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "string" });
    await expectRefusal(entity, "conflict", 'part of the keys of view "driver_stats"');
    await expectRefusal(deleteFeatureEntity(ctx, { name: "driver" }), "conflict", 'View "driver_stats" has the entity');
    await expectRefusal(
      deleteViewSource(ctx, { name: "driver_push" }),
      "conflict",
      'View "driver_stats" has the source',
    );
  }),
);

test(
  "defines services of features that exist",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const service = { name: "driver_svc", projections: [{ view: "driver_stats", features: ["conv_rate"] }] };
    expect((await defineFeatureService(ctx, service)).outcome).toBe("created");
    expect((await defineFeatureService(ctx, service)).outcome).toBe("unchanged");
    expect((await defineFeatureService(ctx, { ...service, owner: "ana" })).outcome).toBe("changed");
    const other = (projection: object) =>
      defineFeatureService(ctx, { name: "s", projections: [{ ...service.projections[0], ...projection } as never] });
    await expectRefusal(other({ view: "nope" }), "not-found", 'Feature view "nope" not found');
    await expectRefusal(other({ features: ["nope"] }), "invalid", "It has conv_rate, acc_rate, avg_daily_trips.");
    await expectRefusal(other({ version: 9 }), "invalid", "has no version 9");
    await expectRefusal(other({ joinKeys: { nope: "x" } }), "invalid", 'has no join key "nope"');
    await deleteFeatureService(ctx, { name: "driver_svc" });
    expect(await listFeatureServices(ctx)).toEqual([]);
  }),
);

test(
  "keeps what Feast clients sent",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx, { feastMessage: Buffer.from([1, 0, 255]) });
    expect(await listFeastMessages(ctx, "view")).toMatchObject([
      { name: "driver_stats", message: Buffer.from([1, 0, 255]) },
    ]);
    // The same definition from elsewhere leaves the message, another takes it away.
    const again = await defineFeatureView(ctx, driverStats);
    expect(again.outcome).toBe("unchanged");
    expect(await listFeastMessages(ctx, "view")).toMatchObject([{ message: Buffer.from([1, 0, 255]) }]);
    await defineFeatureView(ctx, { ...driverStats, owner: "ana" });
    expect(await listFeastMessages(ctx, "view")).toMatchObject([{ message: null }]);
    expect(await listFeastMessages(ctx, "entity")).toMatchObject([{ name: "driver", message: null }]);
    const key = { kind: "SavedDataset", name: "a" };
    await setRegistryObject(ctx, { ...key, message: Buffer.from("1") });
    await setRegistryObject(ctx, { ...key, message: Buffer.from("2") });
    await setRegistryObject(ctx, { ...key, message: Buffer.from("2") });
    expect(await listRegistryObjects(ctx, "SavedDataset")).toMatchObject([{ name: "a", message: Buffer.from("2") }]);
    expect(await deleteRegistryObject(ctx, key)).toBe(true);
    expect(await deleteRegistryObject(ctx, key)).toBe(false);
    const actions = (await auditedActions(ctx)).filter((action) => action.startsWith("feature-registry"));
    expect(actions).toEqual([
      "feature-registry.object-set",
      "feature-registry.object-set",
      "feature-registry.object-deleted",
    ]);
  }),
);

test(
  "shows a workspace only its own definitions, and changes only these",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const other = await newWorkspace(ctx.db);
    expect(await listFeatureViews(other)).toEqual([]);
    expect(await listFeatureEntities(other)).toEqual([]);
    expect(await listViewSources(other)).toEqual([]);
    await expectRefusal(deleteFeatureView(other, { name: "driver_stats" }), "not-found");
    await expectRefusal(deleteFeatureEntity(other, { name: "driver" }), "not-found");
    const theirs = await newDriverStats(other, { ttlUs: 5 });
    expect(await getFeatureView(ctx, "driver_stats")).toMatchObject({ ttlUs: 86_400_000_000 });
    await deleteFeatureView(other, { name: "driver_stats" });
    expect(await ctx.db.$count(featureViews, eq(featureViews.id, theirs.id))).toBe(0);
    expect(await listFeatureViews(ctx)).toHaveLength(1);
  }),
);

test(
  "changes a source in place",
  inWorkspace(async (ctx) => {
    await newDriverStats(ctx);
    const source = { name: "driver_push", kind: "push" as const, createdTimeColumn: "made_at" };
    expect((await defineViewSource(ctx, source)).outcome).toBe("changed");
    expect(await getFeatureView(ctx, "driver_stats")).toMatchObject({ createdTimeColumn: "made_at" });
  }),
);

test(
  "lets a token define only what reads things that it may read",
  inWorkspace(async (ctx) => {
    const withScopes = (...scopes: string[]): Context => ({
      ...ctx,
      actor: { ...ctx.actor, kind: "token", scopes: ["features:define", "features:read", ...scopes] },
    });
    const definer = withScopes();
    await defineFeatureEntity(definer, { name: "driver", joinKey: "driver_id", type: "int64" });
    const log = { name: "log", kind: "predictions" as const, options: { endpoint: "risk", everyMinutes: 1 } };
    const trips = { name: "trips", kind: "dataset" as const, options: { dataset: "trips" } };
    await expectRefusal(
      defineViewSource(definer, log),
      "forbidden",
      'The source "log" reads predictions. This token lacks the "serving:read" scope.',
    );
    await expectRefusal(
      defineViewSource(definer, trips),
      "forbidden",
      'The source "trips" reads a dataset. This token lacks the "tracking:read" scope.',
    );
    const files = [
      "dataset:trips",
      "mlflow-artifacts:/1/ab/artifacts/x.parquet",
      "1/ab/artifacts/x.parquet",
      "models/a/1",
    ];
    for (const path of files) {
      const file = { name: "file", kind: "file" as const, options: { path } };
      await expectRefusal(defineViewSource(definer, file), "forbidden", "tracking:read");
    }
    await defineViewSource(withScopes("serving:read"), log);
    await defineViewSource(withScopes("read"), trips);

    // The same definition needs nothing more, nor does what is not in it; another one does.
    expect((await defineViewSource(definer, log)).outcome).toBe("unchanged");
    expect((await defineViewSource(definer, { ...log, owner: "ana" })).outcome).toBe("changed");
    const often = { ...log, options: { ...log.options, fieldMapping: { "inputs.ssn": "ssn" } } };
    await expectRefusal(defineViewSource(definer, often), "forbidden", "serving:read");

    // What views are read from counts, also through a push source.
    const push = { name: "push", kind: "push" as const, options: { batchSource: "log" } };
    await expectRefusal(defineViewSource(definer, push), "forbidden", "serving:read");
    await defineViewSource(ctx, push);
    for (const source of ["log", "push"]) {
      const view = { name: source, entities: ["driver"], source, features: [{ name: "x", type: "int64" as const }] };
      await expectRefusal(defineFeatureView(definer, view), "forbidden", "serving:read");
      await defineFeatureView(withScopes("serving:read"), view);
      expect((await defineFeatureView(definer, { ...view, ttlUs: 1_000_000 })).outcome).toBe("changed");
      const wider = { ...view, features: [...view.features, { name: "y", type: "int64" as const }] };
      await expectRefusal(defineFeatureView(definer, wider), "forbidden", "serving:read");
    }

    // What Leeway does not read, or what has a connection of its own, takes no further scope.
    const free = [
      { name: "kafka", kind: "stored" as const, options: { kindName: "KafkaSource" } },
      { name: "local", kind: "file" as const, options: { path: "data/driver_stats.parquet" } },
      { name: "warehouse", kind: "sql" as const, options: { connection: "warehouse", query: "select 1" } },
      { name: "plain", kind: "push" as const, options: {} },
      { name: "later", kind: "push" as const, options: { batchSource: "not_there_yet" } },
    ];
    for (const source of free) {
      await defineViewSource(definer, source);
      const view = { entities: ["driver"], source: source.name, features: [{ name: "x", type: "int64" as const }] };
      await defineFeatureView(definer, { name: `${source.name}_view`, ...view });
    }
  }),
);
