import type { EvaluationSet } from "#server/release/evaluation/contract.ts";
import { type DemoTarget, send } from "../client.ts";
import { ensureEndpoint } from "../deploy.ts";
import { untilReady } from "../labels/evaluate-digits.ts";
import { type Recording, readRecording } from "../recording.ts";
import { replay } from "../replay.ts";
import { ensureDataset } from "../upload-flights.ts";
import { type Form, tableOf } from "./scanned-digits.ts";

/** Dataset that candidates learn from; its first version is what version 1 learned from. */
export const trainingDataset = "scanned-digits";

/** A scanner whose digits a model of its own reads. */
export interface Scanner {
  model: string;
  endpoint: string;
  experiment: string;
  description: string;
}

/** Uploads forms as a version of a dataset; the same forms are the same version. @returns its digest */
export function ensureForms(target: DemoTarget, name: string, forms: readonly Form[], note: string): Promise<string> {
  return ensureDataset(target, { name, fileName: `${name}.csv`, note, body: tableOf(forms) });
}

/** Uploads forms and makes them an evaluation set of the same name; the same forms are the same set. @returns the set, once it is read */
export async function ensureEvaluationSet(
  target: DemoTarget,
  name: string,
  forms: readonly Form[],
  note: string,
): Promise<EvaluationSet> {
  const digest = await ensureForms(target, name, forms, note);
  const created = await send<EvaluationSet>(target, "POST", `${target.url}/api/v1/evaluation-sets`, {
    name,
    definition: { dataset: { name, digest }, task: { kind: "classification", label: "digit" } },
    note,
  });
  return untilReady(target, created.id);
}

/**
 * Registers the softmax regression of the digits as version 1 of a scanner's model, with the run that trained it, serves it, and has its inputs
 * monitored every five minutes. May be repeated. @param digest version of the dataset that it learned from
 */
export async function ensureScanner(target: DemoTarget, scanner: Scanner, digest: string): Promise<void> {
  const { model, endpoint } = scanner;
  await replay(target, "digits", recordingOf(await readRecording("digits"), scanner, digest), Date.now());
  await ensureEndpoint(target, { name: endpoint, model, version: 1, captureShare: 1 });
  await ensureReference(target, model, digest);
  await setMonitor(target, endpoint);
}

/** The recorded run of version 1 alone, as that of the scanner's model. */
function recordingOf(
  { model, runs, versions }: Recording,
  { model: name, experiment, description }: Scanner,
  digest: string,
): Recording {
  const [first] = versions;
  if (!first) throw new Error("The recording of the digits has no version.");
  const source = JSON.stringify({ uri: trainingDataset });
  const used = { name: trainingDataset, digest, sourceType: "local", source, schema: "{}", profile: "{}" };
  return {
    experiment,
    model: { ...model, name, description },
    runs: runs
      .filter((run) => run.name === first.runName)
      .map((run) => ({ ...run, datasets: [{ ...used, tags: { "mlflow.data.context": "training" } }] })),
    versions: [{ ...first, aliases: ["champion"] }],
  };
}

async function ensureReference(target: DemoTarget, model: string, digest: string): Promise<void> {
  const url = `${target.url}/api/v1/models/${model}/versions/1/references`;
  const { references } = await send<{ references: unknown[] }>(target, "GET", url);
  if (references.length > 0) return;
  await send(target, "POST", url, {
    source: { kind: "dataset", name: trainingDataset, digest, labelColumn: "digit" },
    reason: "Training data of version 1",
  });
}

async function setMonitor(target: DemoTarget, endpoint: string): Promise<void> {
  const url = `${target.url}/api/v1/endpoints/${endpoint}/monitor`;
  const { revision } = await send<{ revision: number }>(target, "GET", url);
  if (revision > 0) return;
  await send(target, "PUT", url, {
    settings: { lengths: ["five-minutes", "hour", "day"], maturityMs: 60_000 },
    reason: "The demo replaces the scanner after minutes",
  });
}
