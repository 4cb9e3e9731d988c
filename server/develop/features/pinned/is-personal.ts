import type { FeatureExpression } from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { type ReferredFeature, referredFeature } from "./referred-feature.ts";

/**
 * Whether a feature is tagged "pii", or is computed from one that is, in this view or another. Tags and expressions of the current versions of
 * views count as well: rows of these are what is looked up.
 */
export function isPersonal(definitions: Definitions, feature: ReferredFeature): boolean {
  const seen = new Set<string>();
  const waiting: ReferredFeature[] = [];
  const add = ({ view, version, feature }: ReferredFeature) => {
    for (const one of new Set([version, view.current])) {
      const id = JSON.stringify([view.name, one.version, feature]);
      if (!seen.has(id)) waiting.push({ view, version: one, feature });
      seen.add(id);
    }
  };
  add(feature);
  for (const { view, version, feature } of waiting) {
    if (version.features.some(({ name, tags }) => name === feature && Object.hasOwn(tags, "pii"))) return true;
    const expression = version.expressions.find(({ name }) => name === feature);
    for (const word of wordsOf(expression)) add({ view, version, feature: word });
    for (const reference of Object.values(expression?.inputs ?? {})) {
      const referred = referredFeature(definitions, reference);
      if (referred) add(referred);
    }
  }
  return false;
}

/** Returns the words of an expression, the names that it reads among them. */
export function wordsOf(expression: FeatureExpression | undefined): string[] {
  return expression?.cel.match(/[A-Za-z_]\w*/g) ?? [];
}
