import { normalFrom, type Random } from "#server/stats/random.ts";
import { corruptText } from "./corrupt-text.ts";
import { type CorruptionKind, levelOf } from "./corruption-kinds.ts";

/** Kinds that change cells. */
export type RowCorruption = Extract<
  CorruptionKind,
  "missing-cells" | "cell-noise" | "other-unit" | "previous-row" | "unseen-level"
>;

/** What a corruption needs to know of one input element. */
export interface CellFacts {
  kind: "number" | "integer" | "level" | "text" | "flag";
  /** Distance of the quartiles; 0 if unknown. */
  quartileRange: number;
}

export type Cell = number | string | null;

/** Text that no column has as a level. */
const unseen = "(unseen)";
/** A length in millimetres instead of metres. */
const unitFactor = 1000;

/** Whether a corruption changes anything of such inputs. */
export function changesRows(kind: RowCorruption, facts: readonly CellFacts[]): boolean {
  if (kind === "unseen-level") return facts.some((fact) => fact.kind === "level");
  if (kind === "cell-noise") return facts.some((fact) => isNumber(fact) && fact.quartileRange > 0);
  if (kind === "other-unit") return facts.some(isNumber);
  // Integers and flags cannot be missing: the protocol has no value for it.
  if (kind === "missing-cells") return facts.some((fact) => fact.kind !== "integer" && fact.kind !== "flag");
  return facts.length > 0;
}

/** Corrupts the cells of one row. @param previous cells of the row before; undefined for the first */
export function corruptRow(
  cells: readonly Cell[],
  facts: readonly CellFacts[],
  { kind, severity, previous }: { kind: RowCorruption; severity: number; previous: readonly Cell[] | undefined },
  random: Random,
): Cell[] {
  const level = levelOf(kind, severity);
  if (kind === "other-unit") return inOtherUnit(cells, facts, level, random);
  return cells.map((cell, at) => {
    const fact = facts[at] as CellFacts;
    if (kind === "cell-noise") return noisy(cell, fact, level, random);
    if (random() >= level) return cell;
    if (kind === "previous-row") return previous ? (previous[at] ?? cell) : cell;
    if (kind === "unseen-level") return fact.kind === "level" ? unseen : cell;
    if (fact.kind === "number") return Number.NaN;
    return fact.kind === "level" || fact.kind === "text" ? "" : cell;
  });
}

/** Corrupts the texts of one row. */
export function corruptTexts(
  cells: readonly Cell[],
  facts: readonly CellFacts[],
  change: { kind: Parameters<typeof corruptText>[1]; severity: number },
  random: Random,
): Cell[] {
  return cells.map((cell, at) =>
    typeof cell === "string" && facts[at]?.kind === "text"
      ? corruptText(cell, change.kind, change.severity, random)
      : cell,
  );
}

const isNumber = ({ kind }: CellFacts) => kind === "number" || kind === "integer";

function noisy(cell: Cell, { kind, quartileRange }: CellFacts, level: number, random: Random): Cell {
  if (typeof cell !== "number" || (kind !== "number" && kind !== "integer")) return cell;
  const value = cell + level * quartileRange * normalFrom(random);
  return kind === "integer" ? Math.round(value) : value;
}

/** Multiplies one number of a share of the rows. */
function inOtherUnit(cells: readonly Cell[], facts: readonly CellFacts[], share: number, random: Random): Cell[] {
  const numbers = facts.flatMap((fact, at) => (isNumber(fact) ? [at] : []));
  if (random() >= share) return [...cells];
  const chosen = numbers[Math.floor(random() * numbers.length)];
  return cells.map((cell, at) => (at === chosen && typeof cell === "number" ? cell * unitFactor : cell));
}
