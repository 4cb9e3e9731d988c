import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { LookUpAnswer } from "../contract.ts";
import { type DefinedView, type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { atArrival, atLookUp, featuresOf, layoutOf } from "../definitions/view-features.ts";
import { neededAtLookUp } from "../expressions/view-expressions.ts";
import { noFeatureView } from "../feature-error.ts";
import type { HistoryPlace } from "../history/pack-view.ts";
import { answerLookUp } from "../look-up/answer-look-up.ts";
import { type LookUpPlan, planLookUp } from "../look-up/plan-look-up.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import type { FeatureRows } from "../rows/feature-rows.ts";
import { versionOfRow } from "../rows/packed-row.ts";
import { postgresRows } from "../rows/postgres-rows.ts";
import { parseTime } from "../values/parse-time.ts";
import { GetKeyRows, type KeyHistoryRow, type KeyMoment, type KeyRows, maxKeyHistory } from "./contract.ts";
import { KeyHistoryReader, type KeyRow } from "./read-key-history.ts";

/**
 * Returns the row of a key now, and as of a time: what a look-up found then, of the rows that had arrived, and what is known of that time
 * today. Both are judged by the present definition of the view, as a training set judges them. Only for processes that run from source.
 * @throws FeatureError "view-not-found", "other" for missing keys, "bad-cells"; DomainError "invalid" for a time that is none or in the future
 */
export async function getKeyRows(ctx: Context, input: GetKeyRows, place: HistoryPlace): Promise<KeyRows> {
  permit(ctx, "getKeyRows");
  const reader = new KeyHistoryReader(ctx, place);
  try {
    return await readKeyRows(ctx, input, reader);
  } finally {
    await reader.close();
  }
}

async function readKeyRows(ctx: Context, input: GetKeyRows, reader: KeyHistoryReader): Promise<KeyRows> {
  const { view: name, keys: given, at: atText } = GetKeyRows.parse(input);
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const view = definitions.views.get(name);
  if (!view) throw noFeatureView(name);
  const now = await databaseMicroseconds(ctx);
  const at = atText === undefined ? undefined : timeOf(atText, now);
  const { plan, needRequest } = planOf(definitions, view);
  const entities = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, [value ?? null]]));
  const lookUp = (rows: FeatureRows, servedAt: number) => answerLookUp(definitions, plan, entities, { rows, servedAt });

  const present = await lookUp(postgresRows(ctx.db), now);
  const types = view.current.entities.map(({ type }) => type);
  const keys = view.current.entities.map(({ joinKey, type }) => {
    const column = present.keys.find((each) => each.name === joinKey);
    return { name: joinKey, type, value: column?.values[0] ?? null };
  });
  const key = encodeEntityKey(
    types,
    keys.map(({ value }) => value),
  );
  const all = { eventUntil: Number.MAX_SAFE_INTEGER, arrivedUntil: Number.MAX_SAFE_INTEGER, limit: maxKeyHistory };
  const history = key ? await reader.read(view, key, all) : { rows: [], hasOlder: false };

  const moment = async (arrivedUntil: number, isServed: boolean) => {
    if (at === undefined) return null;
    const until = { eventUntil: at, arrivedUntil, isServed };
    const { rows, seen } = historicalRows(definitions, until, reader, { number: view.number, rows: history.rows });
    return momentOf(view, await lookUp(rows, at), seen.get(view.number));
  };
  return {
    view: name,
    keys,
    ttlUs: view.ttlUs,
    now: momentOf(view, present, presentRow(present, history.rows)),
    asOf: await moment(at ?? 0, true),
    knownNow: await moment(Number.MAX_SAFE_INTEGER, false),
    history: history.rows.map((row) => toHistoryRow(view, row)),
    hasOlder: history.hasOlder,
    needRequest,
  };
}

/** Reads rows of a key, as getKeyRows does. Bundled code, which cannot start the engine, gets it from the process that runs from source. */
export type ReadKeyRows = (ctx: Context, input: GetKeyRows) => Promise<KeyRows>;

/** Plans a look-up of all features but those that need values of a request. */
function planOf(definitions: Definitions, view: DefinedView): { plan: LookUpPlan; needRequest: string[] } {
  const inputs = new Set(view.current.requestInputs.map(({ name }) => name));
  const needRequest = atLookUp(view.current.expressions).flatMap(({ name }) => {
    const needed = neededAtLookUp(view.current, [name]);
    const words = needed.flatMap(({ cel }) => cel.match(/[A-Za-z_]\w*/g) ?? []);
    return words.some((word) => inputs.has(word)) ? [name] : [];
  });
  const features = featuresOf(view.current).map(({ name }) => `${view.name}:${name}`);
  // A view that is not for look-ups has a history, too.
  const views = new Map(definitions.views).set(view.name, { ...view, isOnline: true });
  const plan = planLookUp({ ...definitions, views }, { features, fullNames: false });
  const columns = plan.columns.filter(({ feature }) => !needRequest.includes(feature));
  return { plan: { views: plan.views, columns }, needRequest };
}

/**
 * Rows as a look-up found them of those that had arrived by some time. `seen` has the row that it read by number of the view.
 * @param known the newest rows of the key in its own view: if one of them had arrived, it is the row
 */
function historicalRows(
  { views }: Definitions,
  until: { eventUntil: number; arrivedUntil: number; isServed: boolean },
  reader: KeyHistoryReader,
  known: { number: number; rows: readonly KeyRow[] },
): { rows: FeatureRows; seen: Map<number, KeyRow> } {
  const seen = new Map<number, KeyRow>();
  const byNumber = new Map([...views.values()].map((view) => [view.number, view]));
  const isThere = ({ eventAt, arrivedAt, isOnline }: KeyRow) =>
    eventAt <= until.eventUntil && arrivedAt <= until.arrivedUntil && (isOnline || !until.isServed);
  const rowOf = async (number: number, key: Buffer): Promise<KeyRow | undefined> => {
    const first = known.number === number ? known.rows.find(isThere) : undefined;
    const view = byNumber.get(number);
    return first ?? (view && (await reader.read(view, key, { ...until, limit: 1 })).rows[0]);
  };
  const rows: FeatureRows = {
    async read({ number }, keys) {
      const found: (KeyRow | undefined)[] = [];
      for (const key of keys) {
        const row = await rowOf(number, key);
        if (row) seen.set(number, row);
        found.push(row);
      }
      return { rows: found, readAt: undefined };
    },
  };
  return { rows, seen };
}

/** The row of the history that is the newest row. Rows that were written to the history alone are not. */
function presentRow({ views }: LookUpAnswer, history: readonly KeyRow[]): KeyRow | undefined {
  const eventAt = views[0]?.eventAt[0];
  const createdAt = views[0]?.createdAt[0];
  return history.find((row) => row.isOnline && row.eventAt === eventAt && row.createdAt === createdAt);
}

function momentOf(view: DefinedView, { columns, views, servedAt }: LookUpAnswer, row: KeyRow | undefined): KeyMoment {
  const [answer] = views;
  const computed = new Set(atArrival(view.current.expressions).map(({ name }) => name));
  const onDemand = new Set(atLookUp(view.current.expressions).map(({ name }) => name));
  return {
    at: servedAt,
    eventAt: answer?.eventAt[0] ?? null,
    createdAt: answer?.createdAt[0] ?? null,
    arrivedAt: row?.arrivedAt ?? null,
    origin: row?.origin ?? null,
    version: row ? versionOfRow(row.packed) : null,
    ageUs: answer?.ageUs[0] ?? null,
    values: columns.map(({ feature, type, values, statuses }) => ({
      name: feature,
      type,
      value: values[0] ?? null,
      status: statuses[0] ?? "NOT_FOUND",
      from: onDemand.has(feature) ? "look-up" : computed.has(feature) ? "arrival" : "row",
    })),
  };
}

function toHistoryRow(view: DefinedView, { packed, ...row }: KeyRow): KeyHistoryRow {
  const number = versionOfRow(packed);
  const version = view.versions.get(number);
  const layout = version && layoutOf(version);
  const values = layout?.unpack(packed) ?? [];
  const { eventAt, createdAt, arrivedAt, origin, isOnline } = row;
  return {
    version: number,
    eventAt,
    createdAt,
    arrivedAt,
    origin,
    isOnline,
    values: (layout?.slots ?? []).map(({ name, type }, index) => ({ name, type, value: values[index] ?? null })),
  };
}

function timeOf(text: string, now: number): number {
  const at = parseTime(text.trim());
  if (at === undefined) {
    throw new DomainError("invalid", "Enter a time such as 2026-06-03T10:31:00Z.", { field: "at" });
  }
  if (Number(at) > now) throw new DomainError("invalid", "The time must not be in the future.", { field: "at" });
  return Number(at);
}

async function databaseMicroseconds(ctx: Context): Promise<number> {
  const result = await ctx.db.execute(sql`select (extract(epoch from clock_timestamp()) * 1000000)::int8 as now`);
  return rowsOf(Now, result)[0]?.now ?? 0;
}

const Now = z.object({ now: z.number() });
