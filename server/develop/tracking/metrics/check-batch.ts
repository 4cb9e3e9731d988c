import { DomainError } from "#server/base/errors.ts";
import { checkKey } from "../keys.ts";
import type { LogBatch, Point } from "../log-contract.ts";
import { checkTag } from "../runs/tags.ts";

const maxMetrics = 1000;
const maxParams = 100;
const maxTags = 100;
const maxPerBatch = 1000;

/** Checks a complete batch before anything is stored. @throws DomainError "invalid" with the index of the entry. */
export function checkBatch({ metrics, params, tags }: LogBatch): void {
  checkCount(metrics.length, maxMetrics, "metrics");
  checkCount(params.length, maxParams, "params");
  checkCount(tags.length, maxTags, "tags");
  checkCount(metrics.length + params.length + tags.length, maxPerBatch, "metrics, params, and tags");
  for (const [index, point] of metrics.entries()) checkPoint(point, `metrics[${index}].`);
  for (const [index, param] of params.entries()) checkKey(param.key, `params[${index}].key`);
  for (const [index, tag] of tags.entries()) checkTag(tag, `tags[${index}].key`);
  const twice = duplicates(params.map(({ key }) => key));
  if (twice.length > 0) {
    throw new DomainError(
      "invalid",
      `Duplicate parameter keys have been submitted: [${twice.map((key) => `'${key}'`).join(", ")}]. Please ensure the request contains only one param value per param key.`,
    );
  }
}

/** Checks one point. @param prefix of its fields in messages: "metrics[3]." or "". */
export function checkPoint(point: Point, prefix = ""): void {
  const { key, value, timestamp, datasetName, datasetDigest } = point;
  checkKey(key, `${prefix}name`, "Metric name");
  if (timestamp < 0) {
    throw new DomainError(
      "invalid",
      `Invalid value ${timestamp} for parameter '${prefix}timestamp' supplied: metric '${key}' (value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (!datasetName !== !datasetDigest) {
    throw new DomainError("invalid", "Both dataset_name and dataset_digest must be provided if one is provided");
  }
}

/** Returns the value to store: infinities as the largest numbers, which JSON and clients can represent, and no negative zero. */
export function storedValue(value: number): number {
  if (Number.isNaN(value)) return value;
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE) + 0;
}

function checkCount(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new DomainError(
    "invalid",
    `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

function duplicates(keys: string[]): string[] {
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
