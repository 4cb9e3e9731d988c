import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import type { SpanState } from "../state/contract.ts";
import { mergeInto } from "../state/merge-states.ts";
import { packState } from "../state/pack-state.ts";
import { unpackState } from "../state/unpack-state.ts";
import type { Grain, StateKey } from "./contract.ts";
import { deleteOldStates } from "./delete-old-states.ts";
import { floorTo, grainMs, retentionMs } from "./grains.ts";

/** Time after which an ended hour or day is merged: the last minute has arrived by then, and later data is merged again. */
const settleMs = 90_000;
const ladder = [
  { from: "minute", into: "hour" },
  { from: "hour", into: "day" },
] as const;

interface Stale {
  endpointId: string;
  /** Milliseconds since 1970. */
  start: number;
}

/**
 * Job: merges past minutes into hours and hours into days, and deletes expired rows. The rows determine the work: an hour or day whose
 * row count differs from that of its parts is merged again from all of them. Retries and parallel runs are safe, also after an
 * interruption, and late minutes of a gateway are not lost while its minutes are retained (three days). An hour that fails stops no other,
 * and fails the job at the end.
 */
export async function rollUpStates(ctx: Context, at?: number, attempt: Attempt = attemptOnce): Promise<void> {
  const now = at ?? (await databaseNow(ctx.db));
  // Deleting comes first: a full disk takes no new rows, and must not keep the old ones.
  await attempt({ id: "old states" }, () => deleteOldStates(ctx.db, now));
  for (const { from, into } of ladder) {
    for (const stale of await findStale(ctx.db, from, into, now)) {
      const item = { id: `${into} ${stale.endpointId} ${new Date(stale.start).toISOString()}` };
      await attempt(item, () => mergeParts(ctx.db, stale, from, into));
    }
  }
}

/** Wholes that say something else than their parts, of all workspaces, the oldest first. */
async function findStale(db: Database, from: Grain, into: Grain, now: number): Promise<Stale[]> {
  // Some parts of the oldest hour or day may be deleted already.
  const oldest = floorTo(now - retentionMs[from], into) + grainMs[into];
  const since = new Date(
    isThorough(now) ? oldest : Math.max(oldest, floorTo(now - 2 * grainMs[into], into)),
  ).toISOString();
  const until = new Date(floorTo(now - settleMs, into)).toISOString();
  const { rows } = await db.execute<{ endpointId: string; start: string }>(sql`
    with parts as (
      select endpoint_id, version_id, segment, arm, profile_id, date_trunc(${into}, start, 'UTC') as start, sum(rows) as rows
      from feature_states where grain = ${from} and start >= ${since}::timestamptz and start < ${until}::timestamptz
      group by 1, 2, 3, 4, 5, 6
    )
    select distinct parts.endpoint_id as "endpointId", extract(epoch from parts.start) * 1000 as start
    from parts left join feature_states whole on whole.grain = ${into} and whole.endpoint_id = parts.endpoint_id and whole.start = parts.start
      and whole.version_id = parts.version_id and whole.segment = parts.segment and whole.arm = parts.arm
      and whole.profile_id = parts.profile_id and whole.gateway_id = ''
    where whole.rows is distinct from parts.rows order by 2`);
  return rows.map(({ endpointId, start }) => ({ endpointId, start: Number(start) }));
}

/** Whether to check all stored states for late arrivals, once an hour; otherwise only those that ended recently. */
function isThorough(now: number): boolean {
  return new Date(now).getUTCMinutes() === 7;
}

/** Merges all states of an endpoint in one hour or day in one transaction, so that readers never see a partial result. */
async function mergeParts(db: Database, { endpointId, start }: Stale, from: Grain, into: Grain): Promise<void> {
  const [first, end] = [new Date(start).toISOString(), new Date(start + grainMs[into]).toISOString()];
  await db.transaction(async (tx) => {
    // Two workers that merge the same hour would each write what it has read.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtext('leeway.states'), hashtext(${`${endpointId} ${start}`}))`,
    );
    const keys = await tx.execute<StateKey & Record<string, unknown>>(sql`
      select distinct workspace_id as "workspaceId", endpoint_id as "endpointId", version_id as "versionId", segment, arm, profile_id as "profileId"
      from feature_states where endpoint_id = ${endpointId}::uuid and grain = ${from} and start >= ${first}::timestamptz and start < ${end}::timestamptz`);
    // Key by key: a busy hour of all segments together may be large.
    for (const key of keys.rows) {
      const parts = await tx.execute<{ state: Buffer }>(sql`
        select state from feature_states where endpoint_id = ${endpointId}::uuid and grain = ${from}
          and start >= ${first}::timestamptz and start < ${end}::timestamptz and version_id = ${key.versionId}::uuid
          and segment = ${key.segment} and arm = ${key.arm} and profile_id = ${key.profileId}::uuid`);
      const merged: SpanState = { rows: 0, features: [], scores: new Map() };
      for (const { state } of parts.rows) mergeInto(merged, unpackState(state));
      const value = { rows: merged.rows, state: packState(merged) };
      await tx
        .insert(featureStates)
        .values({ ...key, grain: into, start: new Date(start), gatewayId: "", ...value })
        .onConflictDoUpdate({
          target: [
            featureStates.endpointId,
            featureStates.grain,
            featureStates.start,
            featureStates.versionId,
            featureStates.segment,
            featureStates.arm,
            featureStates.profileId,
            featureStates.gatewayId,
          ],
          set: value,
        });
    }
  });
}
