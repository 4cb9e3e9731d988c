import { antitheticWalks, exactShapley, sampledShapley } from "#server/stats/shapley.ts";
import type { GivenInput } from "../protocol/contract.ts";
import type { ShapleyResult } from "./contract.ts";

export type Element = GivenInput["data"][number];

/** Options for running many rows in batches: progress, and early cancellation. */
export interface RequestOptions {
  /** Runs rows of elements, one for each feature. @returns the output for each row */
  predict(rows: Element[][]): Promise<number[]>;
  /** Rows that go together. */
  batch: number;
  /** Called before every batch; throws when no caller waits any more. */
  progress(requestCount: number, total: number): void;
}

export interface RowQuestion {
  row: Element[];
  background: Element[][];
  pairs: number;
  seed: number;
}

/** Above so many features coalitions are sampled: 4,096 of them, before each row of the background. */
const maxExactFeatures = 12;
const maxExactRows = 2 ** 16;

/** Whether all coalitions are evaluated. */
export function isExact({ row, background }: Pick<RowQuestion, "row" | "background">): boolean {
  return row.length <= maxExactFeatures && 2 ** row.length * background.length <= maxExactRows;
}

type Found = Pick<ShapleyResult, "isExact" | "base" | "gap"> & {
  prediction: number;
  values: number[];
  standardErrors: number[];
  requestCount: number;
};

/**
 * Computes each feature's contribution to the prediction, as Shapley values of the game in which participating features come from the
 * row, and the others from the background (Lundberg and Lee, "A unified approach to interpreting model predictions", 2017, with
 * features taken as independent).
 */
export async function explainRow(question: RowQuestion, options: RequestOptions): Promise<Found> {
  const { row, background } = question;
  const exact = isExact(question);
  const players = row.length;
  const size = { players, pairs: question.pairs, rows: background.length, seed: question.seed };
  const walks = exact ? [] : antitheticWalks(size);
  const coalitions = exact ? 2 ** players : 0;
  const mixed = (takesPart: (feature: number) => boolean, other: Element[]) =>
    row.map((own, feature) => (takesPart(feature) ? own : (other[feature] as Element)));

  function* rows(): Generator<Element[]> {
    yield row;
    yield* background;
    // None and all of them are the background and the row.
    for (let coalition = 1; coalition < coalitions - 1; coalition += 1) {
      for (const other of background) yield mixed((feature) => ((coalition >> feature) & 1) === 1, other);
    }
    for (const walk of walks) {
      const joined = new Set<number>();
      for (const feature of walk.order.slice(0, -1)) {
        joined.add(feature);
        yield mixed((each) => joined.has(each), background[walk.background] as Element[]);
      }
    }
  }
  const between = exact ? Math.max(0, coalitions - 2) * background.length : walks.length * (players - 1);
  const total = 1 + background.length + between;
  const outputs = await predictAll(rows(), total, options);
  const prediction = outputs[0] as number;
  const before = outputs.slice(1, 1 + background.length);
  const rest = outputs.slice(1 + background.length);
  const base = mean(before);
  const found = exact
    ? { values: exactShapley(worthsOf(prediction, base, rest, background.length)), standardErrors: row.map(() => 0) }
    : sampledShapley(
        walks,
        walks.map((walk, index) => [
          before[walk.background] as number,
          ...rest.slice(index * (players - 1), (index + 1) * (players - 1)),
          prediction,
        ]),
        { rows: background.length, base },
      );
  const gap = found.values.reduce((sum, value) => sum + value, 0) - (prediction - base);
  return { ...found, isExact: exact, base, gap, prediction, requestCount: total };
}

/** Computes the value of each coalition: the mean output over the background. */
function worthsOf(prediction: number, base: number, rest: number[], rows: number): number[] {
  const between = Array.from({ length: rest.length / rows }, (_, at) => mean(rest.slice(at * rows, (at + 1) * rows)));
  return [base, ...between, prediction];
}

async function predictAll(
  rows: Iterable<Element[]>,
  total: number,
  { predict, batch, progress }: RequestOptions,
): Promise<number[]> {
  const outputs: number[] = [];
  let waiting: Element[][] = [];
  const send = async () => {
    progress(outputs.length, total);
    outputs.push(...(await predict(waiting)));
    waiting = [];
  };
  for (const row of rows) {
    waiting.push(row);
    if (waiting.length === batch) await send();
  }
  if (waiting.length > 0) await send();
  progress(outputs.length, total);
  return outputs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
