import { canonicalJson } from "#server/base/canonical-json.ts";
import type { SchemaChange, ViewEntity, ViewVersion } from "../contract.ts";
import { featuresOf } from "./view-features.ts";

type Schema = Pick<ViewVersion, "entities" | "features" | "expressions">;

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

/** Names of features and expressions that both have with one type, and with other rules, another expression or other words. */
export function alteredFeatures(before: Schema, after: Schema): string[] {
  const was = new Map([...before.features, ...before.expressions].map((one) => [one.name, one]));
  return [...after.features, ...after.expressions].flatMap((one) => {
    const earlier = was.get(one.name);
    const isSame = earlier === undefined || earlier.type !== one.type || canonicalJson(earlier) === canonicalJson(one);
    return isSame ? [] : [one.name];
  });
}

/** Returns whether rows of both have the same keys, so that one finds rows of the other. */
export function haveSameKeys(a: Pick<Schema, "entities">, b: Pick<Schema, "entities">): boolean {
  return keysOf(a.entities) === keysOf(b.entities);
}

/** Integers of any width have the same key. */
function keysOf(entities: readonly ViewEntity[]): string {
  return JSON.stringify(entities.map(({ joinKey, type }) => [joinKey, type === "int32" ? "int64" : type]));
}
