import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "#server/stats/random.ts";
import type { PlannedRow } from "./plan.ts";

export interface Target {
  url: string;
  gatewayUrl: string;
  token: string;
}

/** What clients saw. */
export interface Ledger {
  /** Ids of rows whose push was acknowledged. */
  acknowledged: Set<number>;
  /** Attempts by how they ended. */
  attempts: Map<string, number>;
  lookUps: number;
  /** Look-ups without an answer, as while nothing runs. */
  unanswered: number;
  /** What no client may see, in words. */
  wrong: string[];
}

export const viewName = "drill";
const limitMs = 30_000;

type Address = (target: Target) => { url: string; body: (rows: readonly PlannedRow[]) => object };

/** Every way by which rows come. */
const addresses: Address[] = [
  ({ gatewayUrl }) => ({
    url: `${gatewayUrl}/feast/write-to-online-store`,
    body: (rows) => ({ feature_view_name: viewName, df: columnsOf(rows) }),
  }),
  ({ gatewayUrl }) => ({
    url: `${gatewayUrl}/feast/push`,
    body: (rows) => ({ push_source_name: viewName, df: columnsOf(rows), to: "online_and_offline" }),
  }),
  ({ url }) => ({
    url: `${url}/feast/write-to-online-store`,
    body: (rows) => ({ feature_view_name: viewName, df: columnsOf(rows) }),
  }),
  ({ url }) => ({
    url: `${url}/api/v1/features/rows`,
    body: (rows) => ({ view: viewName, columns: columnsOf(rows) }),
  }),
];

/** Rows with a created time and rows without one cannot be of one write: its column is there for all or none. */
export function splitByCreated(rows: readonly PlannedRow[]): PlannedRow[][] {
  return [...Map.groupBy(rows, ({ createdAt }) => createdAt !== undefined).values()];
}

/** Sends rows by one of the ways until they are acknowledged; half of the time with an Idempotency-Key. */
export async function push(
  target: Target,
  rows: readonly PlannedRow[],
  { ledger, random }: { ledger: Ledger; random: Random },
): Promise<void> {
  const identified: Record<string, string> = random() < 0.5 ? { "idempotency-key": `rows-${rows[0]?.id}` } : {};
  const address = (addresses[Math.floor(random() * addresses.length)] as Address)(target);
  for (;;) {
    const outcome = await post(target, address.url, address.body(rows), identified);
    ledger.attempts.set(outcome.words, (ledger.attempts.get(outcome.words) ?? 0) + 1);
    if (outcome.status === 200) {
      for (const { id } of rows) ledger.acknowledged.add(id);
      if (random() < 0.1) await readBack(target, address.url, rows, ledger);
      return;
    }
    if (outcome.status >= 400 && outcome.status < 500 && outcome.status !== 429 && outcome.status !== 409) {
      ledger.wrong.push(`A push was refused: ${outcome.words} ${outcome.text.slice(0, 300)}`);
      return;
    }
    await pause(200 + random() * 800);
  }
}

/** Looks up a row at the role that acknowledged it: it must be there, or a newer one. */
async function readBack(target: Target, pushedTo: string, rows: readonly PlannedRow[], ledger: Ledger): Promise<void> {
  const row = rows[0] as PlannedRow;
  const base = pushedTo.startsWith(target.gatewayUrl) ? target.gatewayUrl : target.url;
  const found = await lookUp(target, base, [row.key], ledger);
  const eventAt = found?.get(row.key)?.eventAt;
  if (found && (eventAt ?? 0) < row.eventAt) {
    ledger.wrong.push(`Key ${row.key} had ${eventAt} right after ${row.eventAt} was acknowledged by ${pushedTo}.`);
  }
}

/** Looks up random keys until the end, at one role: the event time of a key never goes back. */
export async function watch(
  target: Target,
  base: string,
  { ledger, random, signal }: { ledger: Ledger; random: Random; signal: AbortSignal },
): Promise<void> {
  const seen = new Map<number, number>();
  while (!signal.aborted) {
    const keys = Array.from({ length: 20 }, () => Math.floor(random() * 500));
    const found = await lookUp(target, base, keys, ledger);
    for (const [key, { eventAt }] of found ?? []) {
      const before = seen.get(key) ?? 0;
      if (eventAt < before) ledger.wrong.push(`Key ${key} went back from ${before} to ${eventAt} at ${base}.`);
      seen.set(key, eventAt);
    }
    await pause(100 + random() * 200);
  }
}

export interface FoundRow {
  id: number;
  /** Microseconds since 1970; 0 where there is no row. */
  eventAt: number;
}

/** @returns what was found by key; undefined without an answer */
export async function lookUp(
  target: Target,
  base: string,
  keys: readonly number[],
  ledger: Ledger,
): Promise<Map<number, FoundRow> | undefined> {
  ledger.lookUps += 1;
  const body = { features: [`${viewName}:id`], entities: { driver_id: keys } };
  const { status, text } = await post(target, `${base}/feast/get-online-features`, body, {});
  if (status !== 200) {
    ledger.unanswered += 1;
    if (status >= 400 && status < 500 && status !== 429) ledger.wrong.push(`A look-up was refused: ${status} ${text}`);
    return undefined;
  }
  const { results } = JSON.parse(text) as { results: { values: (number | null)[]; event_timestamps: string[] }[] };
  const column = results[1];
  return new Map(
    keys.map((key, index) => [
      key,
      { id: column?.values[index] ?? 0, eventAt: microseconds(column?.event_timestamps[index] ?? "") },
    ]),
  );
}

async function post(
  target: Target,
  url: string,
  body: object,
  headers: Record<string, string>,
): Promise<{ status: number; words: string; text: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${target.token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    });
    const text = await response.text();
    return { status: response.status, words: String(response.status), text };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    return { status: 0, words: cause ?? (error as Error).name, text: "" };
  }
}

function columnsOf(rows: readonly PlannedRow[]): Record<string, unknown[]> {
  const [first] = rows;
  return {
    driver_id: rows.map(({ key }) => key),
    id: rows.map(({ id }) => id),
    event_timestamp: rows.map(({ eventAt }) => isoOf(eventAt)),
    ...(first?.createdAt !== undefined && { created: rows.map(({ createdAt }) => isoOf(createdAt ?? 0)) }),
  };
}

function isoOf(microsecondsOf: number): string {
  const seconds = Math.floor(microsecondsOf / 1_000_000);
  const rest = String(microsecondsOf % 1_000_000).padStart(6, "0");
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${rest}`;
}

function microseconds(text: string): number {
  if (text === "") return 0;
  const [, second = "", fraction = ""] = /^(.{19})(?:\.(\d+))?Z$/.exec(text) ?? [];
  return Date.parse(`${second}Z`) * 1000 + Number(fraction.padEnd(6, "0"));
}
