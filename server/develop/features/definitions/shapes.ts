import type {
  featureEntities,
  featureServices,
  featureSources,
  featureViews,
  featureViewVersions,
} from "#db/schema/index.ts";
import type { FeatureEntity, FeatureService, FeatureView, ViewSource, ViewVersion } from "../contract.ts";

type Described = Pick<
  typeof featureEntities.$inferSelect,
  "name" | "description" | "owner" | "tags" | "digest" | "createdBy" | "createdAt" | "updatedAt"
>;

const describedOf = (row: Described) => ({
  name: row.name,
  description: row.description,
  owner: row.owner,
  tags: row.tags,
  digest: row.digest,
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export function toEntity(row: typeof featureEntities.$inferSelect): FeatureEntity {
  return { ...describedOf(row), joinKey: row.joinKey, type: row.type };
}

export function toSource(row: typeof featureSources.$inferSelect): ViewSource {
  const { kind, eventTimeColumn, createdTimeColumn, options } = row;
  return { ...describedOf(row), kind, eventTimeColumn, createdTimeColumn, options };
}

export function toService(row: typeof featureServices.$inferSelect): FeatureService {
  return { ...describedOf(row), projections: row.projections };
}

export function toVersion(row: typeof featureViewVersions.$inferSelect): ViewVersion {
  const { version, entities, features, expressions, requestInputs, digest, reason, createdBy, createdAt } = row;
  return { version, entities, features, expressions, requestInputs, digest, reason, createdBy, createdAt };
}

/** Columns with times in rows that are written by the name of a view that has no source. */
const ownTimeColumns = { eventTimeColumn: "event_timestamp", createdTimeColumn: "created" };

export function toView(
  row: typeof featureViews.$inferSelect,
  current: ViewVersion,
  source: ViewSource | undefined,
): FeatureView {
  const { id, number, ttlUs, stale, cutoff, isOnline, materialisedUntil } = row;
  const { eventTimeColumn, createdTimeColumn } = source ?? ownTimeColumns;
  return {
    ...describedOf(row),
    id,
    number,
    ttlUs,
    stale,
    cutoff,
    source: row.source,
    eventTimeColumn,
    createdTimeColumn,
    isOnline,
    materialisedUntil,
    current,
  };
}
