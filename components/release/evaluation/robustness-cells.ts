import type { RobustnessComparison, RobustnessResult } from "#server/release/evaluation/contract.ts";

/** Share of the clean accuracy below which a cell stands out. */
export const lowShare = 0.8;

type Cell = RobustnessResult["cells"][number];

/** Whether a version loses more than a fifth of its clean accuracy in a cell. */
export function isLow(cell: Pick<Cell, "accuracy">, clean: RobustnessResult["clean"]): boolean {
  return cell.accuracy < lowShare * clean.accuracy;
}

/** Finds a cell by kind and severity. */
export function findCell(result: RobustnessResult, kind: string, severity: number): Cell | undefined {
  return result.cells.find((cell) => cell.kind === kind && cell.severity === severity);
}

/** Returns the cell of the address, else the one with the lowest accuracy. */
export function chosenCell(
  result: RobustnessResult,
  kind: string | undefined,
  severity: number | undefined,
): Cell | undefined {
  const named = kind === undefined ? undefined : findCell(result, kind, severity ?? 1);
  return named ?? worstCells(result, 1)[0];
}

/** Returns the cells with the lowest accuracy, lowest first. */
export function worstCells({ cells }: RobustnessResult, most: number): Cell[] {
  return cells.toSorted((a, b) => a.accuracy - b.accuracy).slice(0, most);
}

/** Describes what is retained, and where the other version is better. @param base version that it is compared with */
export function robustnessSentence(
  version: number,
  { retained }: RobustnessResult,
  compared: { base: number; comparison: RobustnessComparison } | undefined,
): string {
  const percent = (share: number | null) => (share === null ? "an unknown share" : `${(share * 100).toFixed(1)}%`);
  const start = `v${version} retains ${percent(retained)} of its accuracy under corruption`;
  if (!compared) return `${start}.`;
  const { base, comparison } = compared;
  const { byKind } = comparison;
  const worse = byKind.filter(({ difference }) => difference < 0).toSorted((a, b) => a.difference - b.difference);
  const higher = byKind.filter(({ difference }) => difference > 0).length;
  const [worst] = worse;
  const exception = worst ? `; it loses most under ${worst.title.toLowerCase()}` : "";
  return `${start}, v${base} ${percent(comparison.retained.second)}. Its mean accuracy is higher under ${higher} of ${byKind.length} corruptions${exception}.`;
}
