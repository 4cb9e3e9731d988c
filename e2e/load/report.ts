/** One measured promise. */
export interface Row {
  name: string;
  unit: string;
  leeway: number;
  /** Undefined where Leeway is measured alone. */
  peer: number | undefined;
  /** In words, with the number that decides. */
  goal: string;
  ok: boolean;
  /** In which the number lies with 95 %, where that was estimated. */
  interval?: readonly [number, number];
}

export type Bench = () => Promise<Row[]>;

type Numbers = Pick<Row, "name" | "unit" | "leeway">;

/** Returns a row for the ratio of Leeway's number to the reference's, with a minimum or maximum factor as the goal. */
export function comparedTo(peer: number, numbers: Numbers, bound: "at least" | "at most", factor: number): Row {
  const ratio = numbers.leeway / peer;
  const ok = bound === "at least" ? ratio >= factor : ratio <= factor;
  return { ...numbers, peer, goal: `${bound} ${factor} of peer`, ok };
}

/** Returns a row with a maximum for Leeway's number; the reference's is shown beside it. */
export function atMost(most: number, numbers: Numbers, peer?: number): Row {
  return { ...numbers, peer, goal: `at most ${most} ${numbers.unit}`, ok: numbers.leeway <= most };
}

/** Returns a row with a minimum for Leeway's number; the reference's is shown beside it. */
export function atLeast(least: number, numbers: Numbers, peer?: number): Row {
  return { ...numbers, peer, goal: `at least ${least} ${numbers.unit}`, ok: numbers.leeway >= least };
}

/** Prints the table and, as the last line, the same as JSON. The ratio is Leeway's number by the peer's. @returns whether all goals were met. */
export function report(bench: string, measured: readonly Row[]): boolean {
  const rows = measured.map((row) => ({ ...row, ratio: row.peer === undefined ? undefined : row.leeway / row.peer }));
  const longest = Math.max(32, ...rows.map(({ name }) => name.length));
  const line = (cells: string[]) =>
    console.log(cells.map((cell, index) => cell.padEnd([longest + 2, 12, 12, 12, 10, 22][index] ?? 0)).join(""));
  line(["", "leeway", "peer", "unit", "ratio", "goal"]);
  for (const { name, unit, leeway, peer, ratio, goal, ok, interval } of rows) {
    const times = ratio === undefined ? "" : `${round(ratio)}x`;
    const within = interval ? ` (95 %: ${interval.map(round).join(" to ")})` : "";
    line([name, round(leeway), round(peer), unit, times, `${goal} ${ok ? "met" : "MISSED"}${within}`]);
  }
  const whole = rows.map((row) => ({ ...row, peer: row.peer ?? null, ratio: row.ratio ?? null }));
  console.log(JSON.stringify({ bench, rows: whole }));
  return rows.every((row) => row.ok);
}

function round(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
