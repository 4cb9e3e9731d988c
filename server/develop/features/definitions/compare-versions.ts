import type { FeatureType, ViewEntity, ViewVersion } from "../contract.ts";
import { featuresOf } from "./view-features.ts";

type Schema = Pick<ViewVersion, "entities" | "features" | "expressions">;

/** How the schema of a view changes. Adding a feature is compatible: older rows read null. */
export interface SchemaChange {
  added: string[];
  removed: string[];
  retyped: { name: string; before: FeatureType; after: FeatureType }[];
  /** Whether rows get other keys. The rows that are there cannot be found under these. */
  hasOtherKeys: boolean;
}

export function compareVersions(before: Schema, after: Schema): SchemaChange {
  const was = new Map(featuresOf(before).map(({ name, type }) => [name, type]));
  const is = new Map(featuresOf(after).map(({ name, type }) => [name, type]));
  return {
    added: [...is.keys()].filter((name) => !was.has(name)),
    removed: [...was.keys()].filter((name) => !is.has(name)),
    retyped: [...is].flatMap(([name, type]) => {
      const earlier = was.get(name);
      return earlier === undefined || earlier === type ? [] : [{ name, before: earlier, after: type }];
    }),
    hasOtherKeys: !haveSameKeys(before, after),
  };
}

/** Returns whether rows of both have the same keys, so that one finds rows of the other. */
export function haveSameKeys(a: Pick<Schema, "entities">, b: Pick<Schema, "entities">): boolean {
  return keysOf(a.entities) === keysOf(b.entities);
}

/** Integers of any width have the same key. */
function keysOf(entities: readonly ViewEntity[]): string {
  return JSON.stringify(entities.map(({ joinKey, type }) => [joinKey, type === "int32" ? "int64" : type]));
}
