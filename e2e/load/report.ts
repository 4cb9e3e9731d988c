/** One measured promise. */
export interface Row {
  name: string;
  unit: string;
  leeway: number;
  peer: number;
  /** In words, with the number that decides. */
  goal: string;
  ok: boolean;
}

export type Bench = () => Promise<Row[]>;

/** Prints the table and, as the last line, the same as JSON. @returns whether all goals were met. */
export function report(bench: string, measured: readonly Row[]): boolean {
  const rows = measured.map((row) => ({ ...row, ratio: row.peer / row.leeway }));
  const line = (cells: string[]) =>
    console.log(cells.map((cell, place) => cell.padEnd([34, 12, 12, 12, 10, 22][place] ?? 0)).join(""));
  line(["", "leeway", "peer", "unit", "ratio", "goal"]);
  for (const { name, unit, leeway, peer, ratio, goal, ok } of rows) {
    line([name, round(leeway), round(peer), unit, `${round(ratio)}x`, `${goal} ${ok ? "met" : "MISSED"}`]);
  }
  console.log(JSON.stringify({ bench, rows }));
  return rows.every((row) => row.ok);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
