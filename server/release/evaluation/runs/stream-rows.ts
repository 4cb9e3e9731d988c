import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import { merge } from "#server/stats/histogram.ts";
import type { EvaluationSetDefinition } from "../contract.ts";
import { joinPacks } from "../rows/pack-columns.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { type AnswerReader, answerReader, type RowAnswer, readerKind } from "./answer-reader.ts";
import { fillInputs, type InputPlan, planInputs } from "./plan-inputs.ts";
import { type BatchPart, BatchPredictor } from "./predict-batch.ts";
import { RowScorer, type RunHead, type RunRows } from "./score-rows.ts";
import { setBatches } from "./set-batches.ts";

/** Rows of one request to the version, at most; of pictures, whose tensors are large; and elements of such a request. */
const maxRequestRows = 256;
const maxRequestPictures = 16;
const maxRequestElements = 2 ** 20;
/** After which the rows so far are stored. */
const defaultPartRows = 8192;
const partMs = 5000;

/** What is streamed through a version. */
export interface StreamInput {
  lease: LeasedVersion;
  definition: EvaluationSetDefinition;
  set: SetRows;
  /** Dataset version of the set. */
  dataset: { name: string; artifactKey: string; format: string };
  /** Position of the first row that is not stored yet, and the head of those that are. */
  from: number;
  head: RunHead | undefined;
  signal: AbortSignal;
}

/**
 * Runs a version on the rows of a set, from a position on, in memory that does not grow with them. Yields scored rows every few seconds, in order.
 * @throws UnreadableFile for a cell that does not fit; DomainError if the version answers something else, hangs or crashes again and again
 */
export async function* streamRows(
  input: StreamInput,
  store: ArtifactStore,
  partRows = defaultPartRows,
): AsyncGenerator<RunRows> {
  const { lease, definition, set, dataset, from, head, signal } = input;
  const { signature, pipeline } = lease.model;
  const sides = { signature, pipeline: pipeline?.definition };
  const table = await openColumns(store, dataset);
  const planned = planInputs(sides, table.columns, definition.columns, dataset.name);
  const reader = answerReader(readerKind(definition.task), sides, set.head.classes, head?.classes ?? []);
  const plan = { ...planned, isBatched: planned.isBatched && reader.isOneByOne !== true };
  const predictor = new BatchPredictor(lease, plan, reader.outputs);
  const scorer = new RowScorer(definition.task, set, reader, head);
  let gathered: RunRows[] = [];
  let rows = 0;
  let storedAt = performance.now();
  for await (const batch of setBatches(table, set, from, requestRows(plan))) {
    if (signal.aborted) return;
    const inputs = fillInputs(plan, batch.columns, batch.span);
    const answers = await answersOf(predictor.run(inputs), reader, inputs.rows);
    const durations = merge(head?.requests?.durations ?? {}, predictor.durations);
    scorer.head.requests = { durations, rows: plan.isBatched ? requestRows(plan) : 1 };
    gathered.push(await scorer.score(batch.position, answers, predictor.modelMs));
    rows += inputs.rows;
    if (rows < partRows && performance.now() - storedAt < partMs) continue;
    yield joinPacks(gathered);
    [gathered, rows, storedAt] = [[], 0, performance.now()];
  }
  if (gathered.length > 0) yield joinPacks(gathered);
}

/** Reads the answers of a batch, or why a row has none. */
export async function answersOf(
  parts: AsyncIterable<BatchPart>,
  reader: AnswerReader,
  rows: number,
): Promise<(RowAnswer | string)[]> {
  const answers = new Array<RowAnswer | string>(rows);
  for await (const part of parts) {
    if ("problem" in part) {
      answers[part.at] = part.problem;
      continue;
    }
    for (let row = 0; row < part.rows; row += 1) answers[part.at + row] = reader.read(part.tensors, row, part.rows);
  }
  return answers;
}

function requestRows({ tensors, pictures }: InputPlan): number {
  const width = tensors.reduce((sum, tensor) => sum + tensor.width, 1);
  const rows = Math.max(1, Math.min(maxRequestRows, Math.floor(maxRequestElements / width)));
  return pictures.length > 0 ? Math.min(rows, maxRequestPictures) : rows;
}
