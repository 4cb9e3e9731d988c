import { DomainError } from "#server/base/errors.ts";
import { asObject } from "#server/base/parsed-json.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { LabelConfig, LabelValue, Region, ShownObject } from "../contract.ts";
import { readRegions } from "../regions/read-regions.ts";
import type { People } from "./people.ts";

/** An annotation that came with a task. */
interface ReadAnnotation {
  person: string;
  name: string;
  value: LabelValue | null;
  cannotTell: boolean;
  result: Region[];
  /** Whether it was marked as the ground truth. */
  isTruth: boolean;
  spentMs?: number;
  createdAt?: Date;
}

interface ReadPrediction {
  result: Region[];
  score: number | null;
  modelVersion: string;
}

export interface ReadItem {
  data: Record<string, unknown>;
  meta?: Record<string, unknown>;
  answers: ReadAnnotation[];
  /** Annotations that a later one of the same person replaces. */
  replaced: number;
  predictions: ReadPrediction[];
}

export interface Interpretation {
  config: LabelConfig;
  /** Objects whose field every task must have. */
  shown: readonly ShownObject[];
  people: People;
  /** Who imports: annotations that name nobody are theirs. */
  importer: string;
}

/** Annotations of one task, and predictions. */
const maxPerTask = 100;

/**
 * Interprets one item of an import: a task with `data`, or bare data. docs/spec/labelling.md section 11.5.
 * @throws DomainError "invalid", which names the item
 */
export function interpretItem(item: unknown, index: number, how: Interpretation): ReadItem {
  try {
    return interpreted(item, how);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError("invalid", `Error at item ${index}: ${error.message}`, { cause: error });
  }
}

function interpreted(item: unknown, { config, shown, people, importer }: Interpretation): ReadItem {
  const task = asObject(item);
  if (!task) throw refused("a task is an object.");
  const inner = asObject(task.data);
  const data = inner ?? task;
  const missing = shown.find(({ field }) => fieldOf(data, field) === undefined);
  if (missing) throw refused(`"${missing.field}" key is expected in task data, because the configuration shows it.`);
  if (!inner) return { data, answers: [], replaced: 0, predictions: [] };
  const meta = asObject(task.meta);
  const sent = listOf(task.annotations, "annotations").map((one) => annotationOf(one, data, config, people, importer));
  // Who answers twice means the later answer.
  const answers = [...new Map(sent.map((answer) => [answer.person, answer])).values()];
  // Label Studio exports ids of predictions in place of them.
  const predictions = listOf(task.predictions, "predictions").filter((one) => typeof one !== "number");
  return {
    data,
    ...(meta && Object.keys(meta).length > 0 && { meta }),
    answers,
    replaced: sent.length - answers.length,
    predictions: predictions.map((one) => predictionOf(one, data, config)),
  };
}

function listOf(sent: unknown, name: string): unknown[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) throw refused(`${name} must be a list.`);
  if (sent.length > maxPerTask) throw refused(`a task takes ${maxPerTask} ${name}, not ${sent.length}.`);
  return sent;
}

function annotationOf(
  sent: unknown,
  data: Record<string, unknown>,
  config: LabelConfig,
  people: People,
  importer: string,
): ReadAnnotation {
  const annotation = asObject(sent);
  if (!annotation) throw refused("an annotation is an object.");
  const { regions, value } = readRegions(config, annotation.result ?? [], data);
  const person = personOf(annotation.completed_by, people) ?? importer;
  const isSkipped = annotation.was_cancelled === true;
  const spentMs = spentMsOf(annotation.lead_time);
  const createdAt = timeOf(annotation.created_at);
  return {
    person,
    name: people.annotator(person).name.slice(0, 200),
    value: isSkipped ? null : value,
    // An annotation that says nothing where one class is asked for is no label either.
    cannotTell: isSkipped || value === null,
    result: regions,
    isTruth: annotation.ground_truth === true,
    ...(spentMs !== undefined && { spentMs }),
    ...(createdAt && { createdAt }),
  };
}

function personOf(sent: unknown, people: People): string | undefined {
  if (sent === undefined || sent === null) return undefined;
  const { id, email } = asObject(sent) ?? {};
  const key = typeof sent === "object" ? (email ?? id) : sent;
  if (typeof key === "number" && Number.isSafeInteger(key) && key >= 0) return people.person(key);
  if (typeof key === "string" && key.trim() !== "" && key.length <= 200) return people.person(key.trim());
  throw refused("completed_by must be a number, an email address, or an object with one of them.");
}

/** Milliseconds of a lead time in seconds; undefined for none. */
export function spentMsOf(leadTime: unknown): number | undefined {
  if (leadTime === undefined || leadTime === null) return undefined;
  const ms = typeof leadTime === "number" ? Math.round(leadTime * 1000) : Number.NaN;
  if (ms >= 0 && ms < 2 ** 31) return ms;
  throw refused("lead_time is in seconds, from 0 to 24 days.");
}

/** Times that are none are left out: programs that make annotations write all kinds of them. */
function timeOf(sent: unknown): Date | undefined {
  if (typeof sent !== "string") return undefined;
  const time = new Date(sent);
  return time.getTime() >= 0 && time.getTime() <= Date.now() ? time : undefined;
}

function predictionOf(sent: unknown, data: Record<string, unknown>, config: LabelConfig): ReadPrediction {
  const prediction = asObject(sent);
  if (!prediction) throw refused("a prediction is an object.");
  return {
    result: readRegions(config, prediction.result ?? [], data).regions,
    score: scoreOf(prediction.score),
    modelVersion: modelVersionOf(prediction.model_version),
  };
}

/** @throws DomainError "invalid" */
export function scoreOf(sent: unknown): number | null {
  if (sent === undefined || sent === null) return null;
  if (typeof sent === "number" && Number.isFinite(sent)) return sent;
  throw refused("score must be a number.");
}

/** @throws DomainError "invalid" */
export function modelVersionOf(sent: unknown): string {
  if (sent === undefined || sent === null) return "";
  if (typeof sent === "string" && sent.length <= 500) return sent;
  throw refused("model_version must be a text of at most 500 characters.");
}

const refused = (message: string) => new DomainError("invalid", message);
