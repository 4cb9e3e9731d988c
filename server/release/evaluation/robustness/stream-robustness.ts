import { setImmediate } from "node:timers/promises";
import type { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { throughJpeg } from "#server/serve/pipeline/codec.ts";
import type { Picture } from "#server/serve/pipeline/picture.ts";
import type { RobustnessSettings } from "../contract.ts";
import { joinPacks } from "../rows/pack-columns.ts";
import { answerReader, type RowAnswer } from "../runs/answer-reader.ts";
import { fillInputs, type InputPlan, type InputRows, planInputs } from "../runs/plan-inputs.ts";
import { BatchPredictor } from "../runs/predict-batch.ts";
import { RowScorer, type RunHead, type RunRows } from "../runs/score-rows.ts";
import { setBatches } from "../runs/set-batches.ts";
import { answersOf, type StreamInput } from "../runs/stream-rows.ts";
import { corruptPicture } from "./corrupt-picture.ts";
import { type Cell, type CellFacts, corruptRow, corruptTexts, type RowCorruption } from "./corrupt-rows.ts";
import type { TextCorruption } from "./corrupt-text.ts";
import { type CorruptionKind, corruptions, levelOf } from "./corruption-kinds.ts";
import { corruptionRandom } from "./corruption-random.ts";
import { cellFacts } from "./fitting-kinds.ts";
import { PicturePredictor } from "./picture-predictor.ts";

/** Rows that are corrupted in all ways before the next ones. */
const maxBatchRows = 16;
const partMs = 5000;

interface RobustnessInput extends Omit<StreamInput, "dataset"> {
  settings: RobustnessSettings;
  dataset: StreamInput["dataset"] & { columns: ColumnProfile[] };
  /** Corrupted and clean rows that are stored already. */
  from: number;
  head: RunHead | undefined;
}

interface Corruption {
  kind: CorruptionKind;
  severity: number;
}

/** Lists the corruptions of a run in the order of its cells; the first one, null, is none. */
export function cellsOf({ kinds, severities }: RobustnessSettings): (Corruption | null)[] {
  const levels = Array.from({ length: severities }, (_, at) => at + 1);
  return [null, ...kinds.flatMap((kind) => levels.map((severity) => ({ kind: kind as CorruptionKind, severity })))];
}

/**
 * Runs a version on the rows of a sample, clean and in each corruption. Yields scored rows every few seconds; the columns `cell` and `sample` say which
 * corruption, as cellsOf lists them, and which row each is.
 * @throws as streamRows
 */
export async function* streamRobustness(input: RobustnessInput, store: ArtifactStore): AsyncGenerator<RunRows> {
  const { lease, definition, set, dataset, settings, head, signal } = input;
  const { signature, pipeline } = lease.model;
  const sides = { signature, pipeline: pipeline?.definition };
  const table = await openColumns(store, dataset);
  const plan = planInputs(sides, table.columns, definition.columns, dataset.name);
  const reader = answerReader(definition.task.kind, sides, set.head.classes, head?.classes ?? []);
  const scorer = new RowScorer(definition.task, set, reader, head);
  const facts = cellFacts(plan, dataset.columns, definition.columns);
  const cells = cellsOf(settings);
  const rowsOfSet = set.columns.row as Uint32Array;
  const pictures = plan.pictures.length > 0 ? new PicturePredictor(lease, reader.outputs) : undefined;
  const predictor = new BatchPredictor(lease, plan, reader.outputs);
  const first = Math.floor(input.from / cells.length);
  let previous: readonly Cell[] | undefined;
  let gathered: RunRows[] = [];
  let storedAt = performance.now();
  // The row before the first one is read once more: a corruption takes its values.
  for await (const batch of setBatches(table, set, Math.max(0, first - 1), maxBatchRows)) {
    if (signal.aborted) return;
    const skipped = Math.max(0, first - batch.position);
    const inputs = fillInputs(plan, batch.columns, batch.span);
    const rows = pictures ? [] : cellsOfRows(plan, inputs);
    const prepared = pictures
      ? await pictures.prepare(inputs.data.get(plan.pictures[0]?.name ?? "") ?? [], skipped)
      : [];
    const before = previous;
    for (const [index, corruption] of cells.entries()) {
      const randomOf = (at: number) => {
        const row = rowsOfSet[batch.position + at] as number;
        return corruptionRandom(settings.seed, row, corruption?.kind ?? "", corruption?.severity ?? 0);
      };
      const answers = pictures
        ? await pictures.predict(
            await Promise.all(prepared.map((one, at) => changePicture(one, corruption, randomOf(at + skipped)))),
            reader,
          )
        : await answersOf(
            predictor.run(withCells(plan, inputs, changeRows(rows, facts, corruption, { before, randomOf }), skipped)),
            reader,
            inputs.rows - skipped,
          );
      gathered.push(
        await scored(scorer, batch.position + skipped, answers, index, pictures?.modelMs ?? predictor.modelMs),
      );
      // Pixels are counted on this thread, which others need too.
      await setImmediate();
    }
    previous = rows.at(-1) ?? previous;
    if (performance.now() - storedAt < partMs) continue;
    yield joinPacks(gathered);
    [gathered, storedAt] = [[], performance.now()];
  }
  if (gathered.length > 0) yield joinPacks(gathered);
}

async function scored(
  scorer: RowScorer,
  position: number,
  answers: readonly (RowAnswer | string)[],
  cell: number,
  modelMs: number,
): Promise<RunRows> {
  const part = await scorer.score(position, answers, modelMs);
  const { probabilities: _, otherSquares: _squares, othersAbove: _above, ...columns } = part.columns;
  return {
    ...part,
    columns: {
      ...columns,
      cell: new Uint16Array(part.rows).fill(cell),
      sample: Uint32Array.from({ length: part.rows }, (_, at) => position + at),
    },
  };
}

async function changePicture(
  picture: Picture | string,
  corruption: Corruption | null,
  random: ReturnType<typeof corruptionRandom>,
): Promise<Picture | string> {
  if (!corruption || typeof picture === "string") return picture;
  const { kind, severity } = corruption;
  if (kind === "jpeg") return throughJpeg(picture, levelOf(kind, severity));
  return corruptPicture(picture, kind as Parameters<typeof corruptPicture>[1], severity, random);
}

/** Returns the elements of each row, in the order of a plan's specs. */
function cellsOfRows(plan: InputPlan, { rows, data }: InputRows): Cell[][] {
  return Array.from({ length: rows }, (_, row) =>
    plan.specs.flatMap(({ name }) => {
      const elements = data.get(name) ?? [];
      const width = elements.length / rows;
      return Array.from({ length: width }, (_, at) => elements[row * width + at] ?? null);
    }),
  );
}

function changeRows(
  rows: readonly Cell[][],
  facts: readonly CellFacts[],
  corruption: Corruption | null,
  {
    before,
    randomOf,
  }: { before: readonly Cell[] | undefined; randomOf: (row: number) => ReturnType<typeof corruptionRandom> },
): readonly (readonly Cell[])[] {
  if (!corruption) return rows;
  const { kind, severity } = corruption;
  return rows.map((cells, at) => {
    const random = randomOf(at);
    if (corruptions[kind].family === "text") {
      return corruptTexts(cells, facts, { kind: kind as TextCorruption, severity }, random);
    }
    const previous = at > 0 ? rows[at - 1] : before;
    return corruptRow(cells, facts, { kind: kind as RowCorruption, severity, previous }, random);
  });
}

/** Returns inputs with other elements, without the first rows. */
function withCells(plan: InputPlan, inputs: InputRows, rows: readonly (readonly Cell[])[], skipped: number): InputRows {
  const data = new Map<string, Cell[]>();
  let start = 0;
  for (const { name } of plan.specs) {
    const width = (inputs.data.get(name)?.length ?? 0) / inputs.rows;
    const from = start;
    data.set(
      name,
      rows.slice(skipped).flatMap((cells) => cells.slice(from, from + width)),
    );
    start += width;
  }
  return { rows: inputs.rows - skipped, data };
}
