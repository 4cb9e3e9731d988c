import { type Labels, PostedAlert } from "../contract.ts";
import { fingerprint, withoutEmpty } from "../fingerprint.ts";
import { openEnd } from "../own-alerts.ts";

/** An alert that was taken in, with all that it did not say filled in. Times are milliseconds since 1970. */
export interface Episode {
  fingerprint: string;
  labels: Labels;
  annotations: Labels;
  startsAt: number;
  endsAt: number;
  updatedAt: number;
  /** Whether its sender gave no end: it ends when there are no further updates. */
  isTimeout: boolean;
  generatorUrl: string;
}

/**
 * Validates a posted alert in the order of docs/spec/alerting.md section 2 (Alertmanager api/v2/api.go).
 * @param received time of receipt
 * @param resolveTimeoutMs time after which it ends if its sender gives no end; null where only its sender ends it
 * @returns the alert, or its problem in a sentence
 */
export function validateAlert(
  input: PostedAlert,
  { received, resolveTimeoutMs }: { received: number; resolveTimeoutMs: number | null },
): Episode | { problem: string } {
  const parsed = PostedAlert.safeParse(input);
  if (!parsed.success) return { problem: `Alert rejected: ${parsed.error.issues[0]?.message ?? "unknown error"}.` };
  const { annotations, generatorUrl, ...posted } = parsed.data;
  const labels = withoutEmpty(posted.labels);
  const endsAt = posted.endsAt?.getTime();
  const startsAt = posted.startsAt?.getTime() ?? endsAt ?? received;
  const name = labels.alertname ?? "unnamed";
  if (Object.keys(labels).length === 0) return { problem: "An alert needs at least one label, such as alertname." };
  if (endsAt !== undefined && endsAt < startsAt) {
    return { problem: `Alert ${name} ends before it starts. Set endsAt later than startsAt, or omit it.` };
  }
  if ([labels, annotations].some(hasBrokenText)) {
    return { problem: `Alert ${name} has a label or annotation with an empty name or invalid UTF-8.` };
  }
  return {
    fingerprint: fingerprint(labels),
    labels,
    annotations: withoutEmpty(annotations),
    startsAt,
    endsAt: endsAt ?? (resolveTimeoutMs === null ? openEnd.getTime() : received + resolveTimeoutMs),
    updatedAt: received,
    isTimeout: endsAt === undefined && resolveTimeoutMs !== null,
    generatorUrl,
  };
}

/** Returns whether any text is broken, or a name empty. */
function hasBrokenText(texts: Labels): boolean {
  return Object.entries(texts).some(([name, value]) => name === "" || isBroken(name) || isBroken(value));
}

/** Returns whether a text cannot be stored: half a surrogate pair is not text, and Postgres has no zero character. No label has one. */
export function isBroken(text: string): boolean {
  return !text.isWellFormed() || text.includes("\0");
}
