import { DomainError } from "#server/base/errors.ts";
import type { FeatureService } from "#server/develop/features/contract.ts";
import type { FeatureSelection } from "#server/develop/features/training-sets/select-features.ts";
import { FeastRefusal } from "../error-detail.ts";
import { fromFeastVersion } from "../view-version.ts";
import type { CommandOf } from "./command.ts";

type Command = Pick<CommandOf<"get_historical_features">, "feature_refs" | "feature_view_names" | "name_aliases">;

/**
 * Finds the views of what a client asks for. References begin with the alias of a view, where it has one. The client does not send which
 * columns hold the join keys, so a view with an alias takes them from the service that gives it this alias.
 * @throws DomainError; FeastRefusal for a reference to no view of the command
 */
export function selectionsOfCommand(
  { feature_refs: references, feature_view_names: views, name_aliases: aliases }: Command,
  services: readonly FeatureService[],
): FeatureSelection[] {
  if (references.length === 0) throw new DomainError("invalid", "The request names no feature.");
  return references.map((reference) => {
    const [, name, version, feature] = /^([^:@]+)(?:@(latest|v\d{1,9}))?:([^:@]+)$/.exec(reference) ?? [];
    const index = views.findIndex((view, position) => (aliases[position] ?? view) === name);
    const view = views[index];
    if (view === undefined || feature === undefined) {
      throw new FeastRefusal(
        "SpecifiedFeaturesNotPresentError",
        "invalid",
        `"${reference}" is not a feature of the requested views. Leeway does not compute on-demand views of Python.`,
      );
    }
    const alias = aliases[index] ?? null;
    const number = version?.startsWith("v") ? fromFeastVersion(Number(version.slice(1))) : null;
    return { view, version: number, alias, joinKeys: joinKeysOf(view, alias, services), features: [feature] };
  });
}

function joinKeysOf(
  view: string,
  alias: string | null,
  services: readonly FeatureService[],
): Readonly<Record<string, string>> {
  if (alias === null) return {};
  const projections = services.flatMap((service) => service.projections);
  const found = projections.filter((projection) => projection.view === view && projection.alias === alias);
  const different = new Map(found.map(({ joinKeys }) => [JSON.stringify(Object.entries(joinKeys).sort()), joinKeys]));
  if (different.size > 1) {
    const message = `Services give view "${view}" the alias "${alias}" with different join keys, and Feast's client does not send which. Use one alias for each.`;
    throw new DomainError("invalid", message);
  }
  return [...different.values()][0] ?? {};
}
