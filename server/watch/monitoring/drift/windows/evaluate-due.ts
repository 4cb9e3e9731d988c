import { sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { MonitorSettings, WindowLength } from "../../contract.ts";
import { findExpected } from "../../expected/queries.ts";
import { readStates } from "../../history/queries.ts";
import { activeProfiles, loadProfile } from "../../profiles/load-profile.ts";
import { ensureSegments, profileOfSegment } from "../../profiles/segments/reference-segments.ts";
import { lengthMs } from "../evaluate/budget.ts";
import { evaluateWindow } from "../evaluate/evaluate-window.ts";
import { dueWindows } from "./due-windows.ts";
import { lateWindows } from "./late-windows.ts";
import type { OrdinaryHistory } from "./ordinary-history.ts";
import { firstSeen, type SeenSpan, seenSpans } from "./seen-spans.ts";
import { keepWindow } from "./window-rows.ts";

interface Due {
  endpointId: string;
  length: WindowLength;
  settings: MonitorSettings;
  history: OrdinaryHistory;
  now: number;
  /** Store of reference samples, which segments are compared with; without it only all rows are evaluated. */
  store?: Pick<ArtifactStore, "open"> | undefined;
}

/** Share of the alarm budget for segments, as much as for all rows: the maximum that a split may take. */
const shareOfSegments = 0.5;

/**
 * Evaluates the oldest past window of an endpoint and a length that is not evaluated yet, and stores its verdicts: all of them or none,
 * by one worker at a time. @returns whether there was one
 */
export async function evaluateDue(ctx: Context, due: Due): Promise<boolean> {
  const { endpointId, length, now } = due;
  return transact(ctx, async (ctx) => {
    const mark = await lockMark(ctx, endpointId, length);
    if (!mark) return false;
    const firstAt = mark.at === 0 ? await firstSeen(ctx.db, endpointId) : mark.at;
    if (firstAt === undefined) return false;
    const [start] = dueWindows({ length, evaluatedUntil: mark.at === 0 ? null : mark.at, firstAt, now });
    if (start === undefined) return false;
    const evaluatedCount = await evaluateAll(ctx, due, start);
    await moveMark(ctx, endpointId, length, start + lengthMs[length]);
    if (evaluatedCount > 0) await publish(ctx, "monitoring", endpointId);
    return true;
  });
}

interface Late extends Due {
  isThorough: boolean;
  /** Once true, no more windows start. */
  hasEnded(): boolean;
}

/**
 * Evaluates past windows again that have more rows by now than they had: each in one transaction, by one worker at a time.
 * @returns how many
 */
export async function evaluateLate(ctx: Context, { isThorough, hasEnded, ...due }: Late): Promise<number> {
  const { endpointId, length, now } = due;
  const evaluatedUntil = await findMark(ctx, endpointId, length);
  let count = 0;
  for (const start of await lateWindows(ctx, { endpointId, length, evaluatedUntil, now, isThorough })) {
    if (hasEnded()) break;
    const isEvaluated = await transact(ctx, async (ctx) => {
      if (!(await lockMark(ctx, endpointId, length))) return false;
      return (await evaluateAll(ctx, due, start)) > 0;
    });
    if (isEvaluated) count += 1;
  }
  if (count > 0) await publish(ctx, "monitoring", endpointId);
  return count;
}

/** Evaluates every version and segment with rows in the window, each against the reference of its version. @returns how many */
async function evaluateAll(
  ctx: Context,
  { endpointId, length, settings, history, store }: Due,
  start: number,
): Promise<number> {
  const [from, to] = [new Date(start), new Date(start + lengthMs[length])];
  const seen = await seenSpans(ctx.db, endpointId, from, to);
  const profiles = await activeProfiles(ctx.db, [...new Set(seen.map(({ versionId }) => versionId))]);
  const evaluated = seen.filter(({ versionId }) => profiles.has(versionId));
  if (evaluated.length === 0) return 0;
  const marks = await findExpected(ctx, endpointId, to);
  const expected = new Set(marks.filter(({ isInForce }) => isInForce).map(({ feature }) => feature));
  let count = 0;
  for (const { versionId, segment } of evaluated) {
    const fullProfile = await loadProfile(ctx.db, profiles.get(versionId) ?? "");
    if (fullProfile && segment !== "" && store) await ensureSegments(ctx.db, fullProfile, settings.segmentBy, store);
    const profile = fullProfile && (await profileOfSegment(ctx.db, fullProfile, segment));
    if (!profile) continue;
    const read = await readStates(ctx, { endpointId, versionId, profileId: profile.id, segment, from, to });
    if (!read || read.rows === 0) continue;
    const key = { endpointId, versionId, segment, length };
    const verdict = evaluateWindow(profile, read.state, {
      settings,
      length,
      expected,
      seed: `${endpointId} ${versionId} ${segment} ${length} ${start}`,
      share: shareOf(evaluated, settings, segment),
      history: await history.read(ctx, { key, profile, before: from, at: start }),
    });
    await keepWindow(ctx, { ...key, start: from, profileId: profile.id, rows: read.rows, ...verdict });
    count += 1;
  }
  return count;
}

/** Returns one window's part of the alarm budget: lengths share it evenly, then all rows and segments, then versions. */
function shareOf(evaluated: readonly SeenSpan[], { lengths }: MonitorSettings, segment: string): number {
  const segments = evaluated.filter((each) => each.segment !== "").length;
  const wholes = Math.max(1, evaluated.length - segments);
  if (segments === 0) return 1 / lengths.length / wholes;
  const part = segment === "" ? (1 - shareOfSegments) / wholes : shareOfSegments / segments;
  return part / lengths.length;
}

/** Returns up to when windows of a length were evaluated, in milliseconds since 1970; 0 before the first. */
async function findMark(ctx: Context, endpointId: string, length: WindowLength): Promise<number> {
  const { rows } = await ctx.db.execute<{ at: number }>(sql`
    select (extract(epoch from at) * 1000)::float8 as at from monitoring_marks
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and name = ${`drift ${length}`}`);
  return rows[0]?.at ?? 0;
}

/**
 * Reads up to when windows of a length were evaluated, locked until the transaction ends; undefined while another worker holds the lock.
 */
async function lockMark(ctx: Context, endpointId: string, length: WindowLength) {
  const name = `drift ${length}`;
  await ctx.db.execute(sql`
    insert into monitoring_marks (workspace_id, endpoint_id, name, at)
    values (${ctx.actor.workspaceId}, ${endpointId}, ${name}, to_timestamp(0)) on conflict do nothing`);
  const { rows } = await ctx.db.execute<{ at: number }>(sql`
    select (extract(epoch from at) * 1000)::float8 as at from monitoring_marks
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and name = ${name}
    for update skip locked`);
  return rows[0];
}

async function moveMark(ctx: Context, endpointId: string, length: WindowLength, at: number): Promise<void> {
  await ctx.db.execute(sql`
    update monitoring_marks set at = ${new Date(at).toISOString()}::timestamptz
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and name = ${`drift ${length}`}`);
}
