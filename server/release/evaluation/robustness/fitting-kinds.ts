import { DomainError } from "#server/base/errors.ts";
import type { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import { widthOf } from "#server/watch/monitoring/features/row-width.ts";
import type { InputPlan } from "../runs/plan-inputs.ts";
import { type CellFacts, changesRows, type RowCorruption } from "./corrupt-rows.ts";
import { type CorruptionKind, corruptionKinds, corruptions } from "./corruption-kinds.ts";

/** A column with more different texts, and longer ones, is text instead of levels. */
const maxLevels = 200;
const minTextLength = 25;

/** Returns what corruptions need to know of each input element, in the order of a plan's specs. */
export function cellFacts(
  plan: InputPlan,
  columns: readonly ColumnProfile[],
  named: Record<string, string>,
): CellFacts[] {
  const pictures = new Set(plan.pictures.map(({ name }) => name));
  return plan.specs
    .filter(({ name }) => !pictures.has(name))
    .flatMap(({ name, datatype, shape }) => {
      const width = widthOf(shape) ?? 1;
      return Array.from({ length: width }, (_, index): CellFacts => {
        const element = width === 1 ? name : `${name}[${index}]`;
        const profile = columns.find((column) => column.name === (named[element] ?? element));
        const quantiles = profile?.numbers?.quantiles ?? [];
        const quartileRange = (quantiles[15] ?? 0) - (quantiles[5] ?? 0);
        if (datatype === "BOOL") return { kind: "flag", quartileRange: 0 };
        if (datatype !== "BYTES") return { kind: datatype.startsWith("FP") ? "number" : "integer", quartileRange };
        const isText =
          profile !== undefined && profile.distinct.count > maxLevels && (profile.texts?.mean ?? 0) >= minTextLength;
        return { kind: isText ? "text" : "level", quartileRange: 0 };
      });
    });
}

/**
 * Returns the corruptions that fit the inputs of a version: all, or the requested ones.
 * @throws DomainError "invalid" for one that does not exist, or does not fit
 */
export function fittingKinds(
  plan: InputPlan,
  facts: readonly CellFacts[],
  requested: readonly string[] | undefined,
): CorruptionKind[] {
  const fits = (kind: CorruptionKind) => {
    const { family } = corruptions[kind];
    if (plan.pictures.length > 0) return family === "picture";
    if (family === "text") return facts.some((fact) => fact.kind === "text");
    return family === "row" && changesRows(kind as RowCorruption, facts);
  };
  if (plan.pictures.length > 0 && plan.specs.length > 1) {
    throw new DomainError("invalid", "Pictures with further inputs cannot be corrupted yet.");
  }
  const fitting = corruptionKinds.filter(fits);
  const wrong = requested?.find((kind) => !fitting.includes(kind as CorruptionKind));
  if (wrong !== undefined) {
    throw new DomainError(
      "invalid",
      `Corruption "${wrong}" does not fit this version. Choose among ${fitting.join(", ")}.`,
    );
  }
  return requested ? fitting.filter((kind) => requested.includes(kind)) : fitting;
}
