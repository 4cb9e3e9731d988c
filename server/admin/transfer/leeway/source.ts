import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { EvaluationRecord } from "#server/develop/tracking/evaluations/contract.ts";
import type {
  Source,
  SourceEvaluationDataset,
  SourceExperiment,
  SourceFile,
  SourceLoggedModel,
  SourceModel,
  SourceRun,
  SourceTrace,
} from "../source.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { artifactFile, fingerprintOf } from "./artifact-file.ts";
import {
  ArtifactLine,
  EvaluationDatasetLine,
  ExperimentLine,
  LoggedModelLine,
  ModelLine,
  RunDetails,
  TraceLine,
} from "./format.ts";
import { toRun } from "./read-run.ts";
import { openTable } from "./table-reader.ts";
import { unpack } from "./unpack.ts";

/** Opens an export of Leeway. @throws DomainError "invalid" for other files, and for exports that were changed afterwards. */
export async function leewaySource(zip: ZipFolder): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-import-"));
  const close = async () => {
    zip.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await unpack(zip, folder);
    const files = new Map<string, SourceFile[]>();
    const lines: ArtifactLine[] = [];
    for await (const line of linesOf(join(folder, "artifacts.jsonl"), ArtifactLine)) lines.push(line);
    for (const [owner, own] of Map.groupBy(lines, ({ owner, id }) => `${owner}/${id}`)) {
      files.set(
        owner,
        own.map((line) => artifactFile(zip, line)),
      );
    }
    return { ...readers(folder, (owner) => files.get(owner) ?? []), runsAtOnce: 1, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readers(folder: string, filesOf: (owner: string) => SourceFile[]): Omit<Source, "runsAtOnce" | "close"> {
  const at = (name: string) => join(folder, name);

  async function* experiments(): AsyncGenerator<SourceExperiment> {
    for await (const { id, ...line } of linesOf(at("experiments.jsonl"), ExperimentLine))
      yield { ...line, id: String(id) };
  }

  async function* runs(): AsyncGenerator<SourceRun> {
    const [table, params, tags, points] = await Promise.all(
      ["runs", "params", "tags", "points"].map((name) => openTable(at(`${name}.parquet`))),
    );
    if (!table || !params || !tags || !points) return;
    const details = linesOf(at("run-details.jsonl"), RunDetails);
    let next = await details.next();
    for await (const row of table.rest()) {
      const id = String(row.run_id);
      while (!next.done && next.value.runId < id) next = await details.next();
      const own = !next.done && next.value.runId === id ? next.value : undefined;
      yield await toRun(row, { details: own, params, tags, points }, filesOf(`runs/${id}`));
    }
  }

  async function* loggedModels(): AsyncGenerator<SourceLoggedModel> {
    for await (const line of linesOf(at("logged-models.jsonl"), LoggedModelLine)) {
      const files = filesOf(`logged-models/${line.id}`);
      yield {
        ...line,
        experimentId: String(line.experimentId),
        metrics: line.metrics.map(({ value, datasetName, datasetDigest, ...point }) => ({
          ...point,
          value: Number(value),
          ...(datasetName && { datasetName, datasetDigest }),
        })),
        fingerprint: async () => fingerprintOf(line, files),
        async *files() {
          yield* files;
        },
      };
    }
  }

  async function* models(): AsyncGenerator<SourceModel> {
    for await (const { versions, ...model } of linesOf(at("models.jsonl"), ModelLine)) {
      yield {
        ...model,
        versions: versions.map(({ upload, loggedModelId, ...version }) => ({
          ...version,
          loggedModelId: loggedModelId ?? undefined,
          upload: upload ? filesOf(`uploads/${upload}`).find(({ path }) => path === "model.onnx") : undefined,
        })),
      };
    }
  }

  async function* traces(): AsyncGenerator<SourceTrace> {
    for await (const { experimentId, spans, ...trace } of linesOf(at("traces.jsonl"), TraceLine)) {
      yield {
        ...trace,
        experimentId: String(experimentId),
        spans: spans.map((span) => ({
          ...span,
          startedAtNanoseconds: BigInt(span.startedAtNanoseconds),
          endedAtNanoseconds: BigInt(span.endedAtNanoseconds),
        })),
      };
    }
  }

  async function* evaluationDatasets(): AsyncGenerator<SourceEvaluationDataset> {
    const lines = linesOf(at("evaluation-records.jsonl"), EvaluationRecord);
    let next = await lines.next();
    // Records without a dataset, which an export does not have, are passed over.
    async function* recordsOf(datasetId: string) {
      while (!next.done && next.value.datasetId <= datasetId) {
        if (next.value.datasetId === datasetId) yield next.value;
        next = await lines.next();
      }
    }
    for await (const { experimentIds, ...dataset } of linesOf(at("evaluation-datasets.jsonl"), EvaluationDatasetLine)) {
      yield { ...dataset, experimentIds: experimentIds.map(String), records: recordsOf(dataset.id) };
    }
  }

  return { experiments, runs, loggedModels, models, traces, evaluationDatasets };
}

/** Yields JSON lines; none if the export lacks the file. */
async function* linesOf<Schema extends z.ZodType>(path: string, schema: Schema): AsyncGenerator<z.output<Schema>> {
  if (!existsSync(path)) return;
  const input = createReadStream(path);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== "") yield schema.parse(JSON.parse(line));
  }
}
