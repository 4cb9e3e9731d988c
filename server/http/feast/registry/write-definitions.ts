import type { FeatureEntity, FeatureService, FeatureView, ViewSource } from "#server/develop/features/contract.ts";
import { type DataSource, decode, encode } from "../messages.ts";
import { feastTypeOf } from "../value-types.ts";
import { toFeastVersion } from "../view-version.ts";
import { described } from "./wire-object.ts";

// Objects for definitions that were made elsewhere than in Feast: by REST or in the browser.

const fileSourceClass = "feast.infra.offline_stores.file_source.FileSource";
const sourceTypes = { file: 1, push: 9 } as const;

export function entityObject({ name, type, joinKey, description, tags, owner }: FeatureEntity): Buffer {
  const spec = { name, value_type: feastTypeOf(type), join_key: joinKey, description, tags, owner };
  return described(encode("EntitySpec", spec));
}

/** Clients know a source by its columns only; they read none but files, and this one they never open. */
export function sourceObject(source: ViewSource, batch?: Uint8Array): Buffer {
  const { name, kind, eventTimeColumn, createdTimeColumn, options, description, tags, owner } = source;
  const common: Partial<DataSource> = {
    name,
    description,
    tags,
    owner,
    timestamp_field: eventTimeColumn,
    created_timestamp_column: createdTimeColumn ?? "",
    field_mapping: options.fieldMapping,
  };
  if (kind === "push") {
    const type = "feast.data_source.PushSource";
    const history = batch ?? encode("DataSource", { ...common, ...fileOf(`leeway:${name}`) });
    return encode("DataSource", {
      ...common,
      type: sourceTypes.push,
      data_source_class_type: type,
      batch_source: history,
    });
  }
  const path = options.path ?? (options.dataset === null ? `leeway:${name}` : `dataset:${options.dataset}`);
  return encode("DataSource", { ...common, ...fileOf(path) });
}

function fileOf(uri: string): Partial<DataSource> {
  return { type: sourceTypes.file, data_source_class_type: fileSourceClass, file_options: { uri } };
}

/** @param source the object of the view's source, if it has one, and whether that is a push source */
export function viewObject(view: FeatureView, source: { object: Uint8Array; isPush: boolean } | undefined): Buffer {
  const { name, current, ttlUs, isOnline, description, tags, owner } = view;
  const ttl = ttlUs ?? 0;
  const own = encode("DataSource", {
    name: `leeway:${name}`,
    timestamp_field: view.eventTimeColumn,
    created_timestamp_column: view.createdTimeColumn ?? "",
    ...fileOf(`leeway:${name}`),
  });
  return described(
    encode("ViewSpec", {
      name,
      entities: current.entities.length > 0 ? current.entities.map((entity) => entity.name) : [dummyEntity],
      entity_columns:
        current.entities.length > 0
          ? current.entities.map(({ joinKey, type }) => field(joinKey, feastTypeOf(type)))
          : [field(dummyJoinKey, feastTypeOf("string"))],
      features: [
        ...current.features.map(({ name, type, tags, description }) => ({
          ...field(name, feastTypeOf(type)),
          tags,
          description,
        })),
        ...current.expressions.map(({ name, type, description }) => ({
          ...field(name, feastTypeOf(type)),
          description,
        })),
      ],
      ttl: { seconds: Math.floor(ttl / 1_000_000), nanos: (ttl % 1_000_000) * 1000 },
      online: isOnline,
      description,
      tags,
      owner,
      ...(source?.isPush
        ? { stream_source: source.object, batch_source: batchOf(source.object) ?? own }
        : { batch_source: source?.object ?? own }),
    }),
  );
}

/** Entity that Feast's clients give to a view without entities, and its join key. */
export const dummyEntity = "__dummy";
const dummyJoinKey = "__dummy_id";

function field(name: string, type: number) {
  return { name, value_type: type, tags: {}, description: "" };
}

/** @param views of the workspace by name, for the features of projections that take all */
export function serviceObject(service: FeatureService, views: ReadonlyMap<string, FeatureView>): Buffer {
  const { name, projections, description, tags, owner } = service;
  const features = projections.map(({ view, version, features, alias, joinKeys }) => {
    const { current } = views.get(view) ?? {};
    const all = [...(current?.features ?? []), ...(current?.expressions ?? [])];
    const names = features.length > 0 ? features : all.map((feature) => feature.name);
    return {
      feature_view_name: view,
      feature_view_name_alias: alias ?? "",
      join_key_map: joinKeys,
      feature_columns: names.map((feature) =>
        field(feature, feastTypeOf(all.find(({ name }) => name === feature)?.type ?? "string")),
      ),
      ...(version !== null && { version_tag: toFeastVersion(version) }),
    };
  });
  return described(encode("ServiceSpec", { name, features, description, tags, owner }));
}

function batchOf(source: Uint8Array): Uint8Array | undefined {
  return decode("DataSource", source).batch_source;
}
