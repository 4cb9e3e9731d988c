import type {
  FeatureType,
  LookedUpColumn,
  LookUpAnswer,
  LookUpStatus,
  StoreValue,
  ViewAnswer,
} from "#server/develop/features/contract.ts";
import { formatTime } from "#server/develop/features/values/parse-time.ts";
import { toFeastVersion } from "../view-version.ts";
import { noTime, valueTexts } from "./value-text.ts";

interface AnswerOptions {
  requestId: string;
  /** Names the version of each view. */
  hasVersions: boolean;
}

/** Returns the body of a look-up: docs/spec/features.md section 10.1. What Feast's client does not know it ignores. */
export function answerText(answer: LookUpAnswer, { requestId, hasVersions }: AnswerOptions): string {
  const results: string[] = [];
  for (const { type, values } of answer.keys) results.push(keyText(type, values));
  const times = new Map(answer.views.map((view) => [view, timesText(view)]));
  for (const column of answer.columns)
    results.push(columnText(column, times.get(column.answer) ?? timesText(column.answer)));
  const names = [...answer.keys, ...answer.columns].map(({ name }) => name);
  const metadata = [`"feature_names":${JSON.stringify(names)}`];
  if (hasVersions) metadata.push(`"feature_view_metadata":${JSON.stringify(versionsOf(answer))}`);
  const served = JSON.stringify({ served_at: formatTime(answer.servedAt), request_id: requestId });
  metadata.push(`"leeway":${served}`);
  return `{"results":[${results.join(",")}],"metadata":{${metadata.join(",")}}}`;
}

/** Returns the maximum age of a row in an answer in milliseconds, rounded up; undefined when no row was found. */
export function maxAgeMs({ views }: LookUpAnswer): number | undefined {
  let max = -1;
  for (const { ageUs } of views) {
    for (const age of ageUs) if (age !== null && age > max) max = age;
  }
  return max < 0 ? undefined : Math.ceil(max / 1000);
}

/** Returns the views as Feast names their versions: it counts from 0, and leaves out 0. */
function versionsOf({ views }: LookUpAnswer): { name: string; version?: number }[] {
  return views.map(({ view, version }) =>
    version > 1 ? { name: view, version: toFeastVersion(version) } : { name: view },
  );
}

function keyText(type: FeatureType, values: readonly StoreValue[]): string {
  const write = valueTexts(type);
  const texts = values.map((value) => (value === null ? "null" : write(value)));
  const statuses = values.map((value) => statusTexts[value === null ? "NULL_VALUE" : "PRESENT"]);
  const times = values.map(() => `"${noTime}"`).join(",");
  return `{"values":[${texts.join(",")}],"statuses":[${statuses.join(",")}],"event_timestamps":[${times}]}`;
}

const statusTexts: Record<LookUpStatus, string> = {
  PRESENT: '"PRESENT"',
  OUTSIDE_MAX_AGE: '"OUTSIDE_MAX_AGE"',
  NULL_VALUE: '"NULL_VALUE"',
  NOT_FOUND: '"NOT_FOUND"',
};

function columnText({ type, values, statuses }: LookedUpColumn, times: string): string {
  const write = valueTexts(type);
  let list = "";
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as StoreValue;
    if (row > 0) list += ",";
    list += value === null ? "null" : write(value);
  }
  return `{"values":[${list}],"statuses":[${statusList(statuses)}],${times}}`;
}

/** The text of a column whose values are all present, which most are. */
let present = { rows: 0, text: "" };

function statusList(statuses: readonly LookUpStatus[]): string {
  if (!statuses.every((status) => status === "PRESENT")) return statuses.map((status) => statusTexts[status]).join(",");
  if (present.rows !== statuses.length) {
    present = { rows: statuses.length, text: statuses.map((status) => statusTexts[status]).join(",") };
  }
  return present.text;
}

/** Returns the part that all features of a view share. Most of a large response is times, so they are written once per view. */
function timesText({ eventAt, createdAt, ageUs }: ViewAnswer): string {
  const events = eventAt.map((micros) => `"${micros === null ? noTime : formatTime(micros)}"`).join(",");
  const created = createdAt.map((micros) => (micros === null ? "null" : `"${formatTime(micros)}"`)).join(",");
  const ages = ageUs.map((micros) => (micros === null ? "null" : `${micros / 1000}`)).join(",");
  return `"event_timestamps":[${events}],"created_timestamps":[${created}],"ages_ms":[${ages}]`;
}
