import { DomainError } from "#server/base/errors.ts";
import { asObject, parsedJson } from "#server/base/parsed-json.ts";
import {
  type DefineFeatureService,
  type DefineFeatureView,
  type DefineViewSource,
  type FeatureView,
  KeyType,
  type ViewSource,
} from "#server/develop/features/contract.ts";
import { type DataSource, decode, type ServiceSpec, type ViewSpec, type WireField } from "../messages.ts";
import { valueTypeOf } from "../value-types.ts";
import { fromFeastVersion } from "../view-version.ts";
import { microsecondsOf } from "./wire-object.ts";
import { dummyEntity } from "./write-definitions.ts";

// What Leeway understands of Feast's objects. The objects themselves are stored beside it.

/** Kinds of sources by their numbers: feast/core/DataSource.proto, SourceType. Others are stored, and not read. */
const sourceKinds: Readonly<Record<number, string>> = {
  2: "BigQuerySource",
  3: "KafkaSource",
  4: "KinesisSource",
  5: "RedshiftSource",
  7: "RequestSource",
  8: "SnowflakeSource",
  10: "TrinoSource",
  11: "SparkSource",
  12: "AthenaSource",
};
const fileSource = 1;
const customSource = 6;
const pushSource = 9;

/** Names the stored connection that a PostgreSQLSource is read by: Feast has one for all, in the client's configuration. */
const connectionTag = "leeway.connection";

/**
 * Reads a data source. What Feast's sources do not have is kept as it is: the interval, and the limit of rejected rows.
 * @param before the source as it is defined, if it is
 */
export function readSource(source: DataSource, before?: ViewSource): DefineViewSource {
  const { name, description, owner, tags } = source;
  if (!name) throw new DomainError("invalid", "The data source has no name.");
  const batch = source.batch_source && decode("DataSource", source.batch_source);
  const columns = source.timestamp_field ? source : (batch ?? source);
  return {
    name,
    description,
    owner,
    tags,
    ...(columns.timestamp_field && { eventTimeColumn: columns.timestamp_field }),
    createdTimeColumn: columns.created_timestamp_column || null,
    ...keepingOptions(kindOf(source, batch), before?.options),
  };
}

function keepingOptions(
  { kind, options }: Pick<DefineViewSource, "kind" | "options">,
  { everyMinutes, maxRejectedShare, connection }: Partial<ViewSource["options"]> = {},
): Pick<DefineViewSource, "kind" | "options"> {
  return {
    kind,
    options: {
      ...options,
      ...(everyMinutes !== undefined && { everyMinutes }),
      ...(maxRejectedShare !== undefined && { maxRejectedShare }),
      ...(kind === "sql" && { connection: options?.connection ?? connection ?? null }),
    },
  };
}

function kindOf(source: DataSource, batch: DataSource | undefined): Pick<DefineViewSource, "kind" | "options"> {
  const fieldMapping = { ...batch?.field_mapping, ...source.field_mapping };
  if (source.type === pushSource) return { kind: "push", options: { batchSource: batch?.name || null, fieldMapping } };
  if (source.type === fileSource)
    return { kind: "file", options: { path: source.file_options?.uri || null, fieldMapping } };
  const className = source.data_source_class_type.split(".").at(-1) || sourceKinds[source.type] || "DataSource";
  if (source.type === customSource && /postgres/i.test(className)) {
    const query = queryOf(source.custom_options?.configuration);
    const connection = source.tags[connectionTag] ?? null;
    if (query !== null) return { kind: "sql", options: { query, connection, fieldMapping } };
  }
  return { kind: "stored", options: { kindName: className, fieldMapping } };
}

/** Reads the query of a PostgreSQLSource, whose configuration is JSON. */
function queryOf(configuration: Uint8Array | undefined): string | null {
  const options = asObject(parsedJson(Buffer.from(configuration ?? []).toString("utf8")));
  if (typeof options?.query === "string" && options.query) return options.query;
  const table = options?.table;
  return typeof table === "string" && table ? `select * from ${table}` : null;
}

/** Entity of a view with the column that names it, as far as the view tells. */
export interface ViewKey {
  joinKey: string;
  type: KeyType;
}

/** Returns the entities of a view without the one that Feast adds. */
export function entitiesOf(spec: ViewSpec): string[] {
  return spec.entities.filter((name) => name !== dummyEntity);
}

/** Returns the join keys of a view. @throws DomainError "invalid" for a type that no key can have */
export function keysOf(spec: ViewSpec): ViewKey[] {
  if (entitiesOf(spec).length === 0) return [];
  return spec.entity_columns.map(({ name, value_type: number }) => ({
    joinKey: name,
    type: keyTypeOf(number, `Join key "${name}" of view "${spec.name}"`),
  }));
}

/** @throws DomainError "invalid" */
export function keyTypeOf(number: number, what: string): KeyType {
  const type = KeyType.safeParse(valueTypeOf(number));
  if (type.success) return type.data;
  throw new DomainError(
    "invalid",
    `${what} has a type that keys cannot have. They can be ${KeyType.options.join(", ")}.`,
  );
}

/**
 * Reads a view. What Feast's views do not have is kept as it is: rules of features, expressions, and what they need.
 * @param before the view as it is defined, if it is
 */
export function readView(spec: ViewSpec, before: FeatureView | undefined): DefineFeatureView {
  const source = spec.stream_source ?? spec.batch_source;
  const computed = new Set(before?.current.expressions.map(({ name }) => name));
  const rulesOf = new Map(before?.current.features.map(({ name, rules }) => [name, rules]));
  return {
    name: spec.name,
    description: spec.description,
    owner: spec.owner,
    tags: spec.tags,
    entities: entitiesOf(spec),
    ttlUs: (spec.ttl && microsecondsOf(spec.ttl)) || null,
    source: (source && decode("DataSource", source).name) || null,
    isOnline: spec.online,
    features: spec.features
      .filter(({ name }) => !computed.has(name))
      .map((feature) => readFeature(feature, spec.name, rulesOf.get(feature.name))),
    expressions: before?.current.expressions ?? [],
    requestInputs: before?.current.requestInputs ?? [],
  };
}

function readFeature(
  { name, value_type: number, tags, description }: WireField,
  view: string,
  rules: FeatureView["current"]["features"][number]["rules"],
) {
  const type = valueTypeOf(number);
  if (!type) {
    throw new DomainError("invalid", `Feature "${name}" of view "${view}" has a type that Leeway does not store.`);
  }
  return { name, type, tags, description, ...(rules && { rules }) };
}

/** Reads a feature service. */
export function readService(spec: ServiceSpec): DefineFeatureService {
  const { name, description, owner, tags } = spec;
  return {
    name,
    description,
    owner,
    tags,
    projections: spec.features.map((projection) => ({
      view: projection.feature_view_name,
      version: projection.version_tag === undefined ? null : fromFeastVersion(projection.version_tag),
      features: projection.feature_columns.map((feature) => feature.name),
      alias: projection.feature_view_name_alias || null,
      joinKeys: projection.join_key_map,
    })),
  };
}
