import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ViewVersion } from "../contract.ts";
import type { DefinedView, Definitions } from "../definitions/definitions.ts";
import type { RequestWork } from "../expressions/request-work.ts";
import { noFeatureView } from "../feature-error.ts";
import { keyKindOf } from "../history/history-columns.ts";
import { historySource } from "../history/history-relation.ts";
import { type LeftOutQuestion, visitLeftOut } from "../history/left-out-files.ts";
import { type EventRange, type ReadView, readHistory } from "../history/read-history.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { microseconds, type TypedColumn } from "../offline/join/column-expressions.ts";
import { type JoinSource, joinStatements } from "../offline/join/join-statements.ts";
import { type PlannedJoin, type PlannedView, planJoin } from "../offline/join/plan-join.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import { computeFeatures, planComputations } from "./compute-features.ts";
import type { PinnedView, TrainingSetRequest } from "./contract.ts";
import { requireHistory } from "./require-history.ts";

/** Table of the engine with the rows to which features are joined. */
export interface SpineTable {
  table: string;
  columns: readonly TypedColumn[];
}

export interface HistoryJoin {
  plan: PlannedJoin;
  sources: JoinSource[];
  /** Query of the rows with their features, in order. */
  result: string;
  horizon: string;
  /** By position of the view. */
  read: ReadView[];
  /** Event times that could matter, by id of the view. */
  ranges: ReadonlyMap<string, EventRange>;
  /** Asks about rows of a view whose files have none that could matter, by position of the view. @throws as visitLeftOut */
  visitLeftOut(view: number, question: Omit<LeftOutQuestion, "version" | "horizon">): Promise<void>;
}

interface Place {
  engine: OfflineEngine;
  folder: string;
  artifacts: ArtifactStore;
  signal?: AbortSignal | undefined;
  /** Called after each view with the share that is done. */
  onProgress?: (share: number) => Promise<void>;
  /** What expressions may do, if that is bounded. */
  work?: RequestWork | undefined;
}

/**
 * Joins features to rows as of their time, from the history of their views.
 * @throws JoinRefused; FeatureError for a view that no longer exists; as OfflineEngine.run
 */
export async function joinHistory(
  ctx: Context,
  definitions: Definitions,
  spine: SpineTable,
  request: Pick<TrainingSetRequest, "views" | "features" | "inputs" | "fullNames" | "horizon"> & { foldsCase: boolean },
  { engine, folder, artifacts, signal, onProgress, work }: Place,
): Promise<HistoryJoin> {
  const views = request.views.map((pinned) => findVersion(definitions, pinned));
  if (spine.columns.some(({ name }) => name.toLowerCase() === "rowid")) {
    // It would hide the row's number in the table of the engine, which keeps the order.
    throw new JoinRefused("name-collision", 'The rows have a column "rowid". Rename it.');
  }
  const joined = request.views.map(({ name, joinKeys: keyMap, ttlUs }, index) => ({
    name,
    keyMap,
    keys: (views[index] as FoundView).version.entities.map(({ joinKey, type }) => ({
      name: joinKey,
      kind: keyKindOf(type),
    })),
    ttlMicros: ttlUs === null ? null : BigInt(ttlUs),
  }));
  const { fullNames, foldsCase } = request;
  const versions = views.map(({ version }) => version);
  const computations = planComputations(request, versions);
  const requested = request.features.map((feature) => ({ ...feature, isComputed: computations.isComputed(feature) }));
  const plan = planJoin(spine.columns, joined, requested, { fullNames, foldsCase, read: computations.read });
  const ranges = await eventRanges(engine, spine, plan, request.views);
  const distinct = [...new Set(request.views.map(({ viewId }) => viewId))];
  const history = await readHistory(ctx, distinct, {
    engine,
    folder,
    artifacts,
    ranges,
    horizon: request.horizon ?? undefined,
    signal,
  });
  const read = request.views.map(({ view, viewId, version }) => {
    const found = history.views.get(viewId);
    if (!found) throw noFeatureView(view);
    requireHistory(found.view, version);
    return found;
  });
  const sources = request.views.map(({ cutoff, hasCreatedTime }, index): JoinSource => {
    const { version } = views[index] as FoundView;
    const { features } = plan.views[index] as PlannedView;
    const { view, parts } = read[index] as ReadView;
    const wanted = { hasCreatedTime, version, versions: view.versions, features };
    const source = historySource(wanted, parts, { horizon: history.horizon, cutoff });
    const created = source.created ?? "NULL::BIGINT";
    return { ...source, kept: { event: "source.event", created, arrived: "source.arrived", sequence: source.order } };
  });
  const { statements, result } = joinStatements(plan, { relation: spine.table, row: "spine.rowid" }, sources);
  for (const [done, statement] of statements.entries()) {
    await engine.run(statement);
    await onProgress?.((done + 1) / (statements.length + 1));
  }
  await computeFeatures(engine, plan, spine, request, computations, work);
  const { horizon } = history;
  return {
    plan,
    sources,
    result,
    horizon,
    read,
    ranges,
    visitLeftOut: (index, question) => {
      const { version } = views[index] as FoundView;
      const place = { engine, folder, artifacts };
      return visitLeftOut(ctx, read[index] as ReadView, { ...question, version, horizon }, place);
    },
  };
}

interface FoundView {
  view: DefinedView;
  version: ViewVersion;
}

/** Finds a version by the view's id: a view that was deleted and defined again is another one. */
export function findVersion(definitions: Definitions, { view: name, viewId, version: number }: PinnedView): FoundView {
  const view = [...definitions.views.values()].find(({ id }) => id === viewId);
  const version = view?.versions.get(number);
  if (!view || !version) throw noFeatureView(name);
  requireHistory(view, number);
  return { view, version };
}

/** Event times that can matter, by id of the view: from the earliest time of the rows, less the TTL, to the latest. */
async function eventRanges(
  engine: OfflineEngine,
  { table }: SpineTable,
  { time }: PlannedJoin,
  views: readonly PinnedView[],
): Promise<Map<string, EventRange>> {
  const t = microseconds(time, "down", "spine");
  const [bounds] = await engine.rows(`SELECT min(${t}), max(${t}) FROM ${table} AS spine`);
  const [least, greatest] = (bounds ?? []).map((bound: EngineCell) => (bound === null ? null : Number(bound)));
  const ranges = new Map<string, EventRange>();
  for (const { viewId, ttlUs } of views) {
    const fromUs = ttlUs === null || ttlUs === 0 || least === null || least === undefined ? null : least - ttlUs;
    const known = ranges.get(viewId);
    const isWider = known && (known.fromUs === null || (fromUs !== null && known.fromUs < fromUs));
    if (!isWider) ranges.set(viewId, { fromUs, toUs: greatest ?? null });
  }
  return ranges;
}
