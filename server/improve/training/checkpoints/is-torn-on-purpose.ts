import { and, desc, eq, gte, isNull, lt, min, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { gameDays, trainingAttempts, trainingCheckpoints } from "#db/schema/index.ts";
import { isInForce } from "#server/serve/faults/is-in-force.ts";
import type { AttemptRow } from "../attempts/hold-attempt.ts";

/** As many as an attempt is given to go on from. */
const maxCheckpoints = 10;

/**
 * Whether a running game day shows a file as damaged to this attempt: the one that follows the preemption, and of its newest checkpoint alone, of
 * which the one before is not a part. Nothing that is stored changes, and without an older checkpoint nothing is torn: the job would start over.
 */
export async function isTornOnPurpose(db: Database, attempt: AttemptRow, sha256: string): Promise<boolean> {
  const { workspaceId, jobId, startedAt } = attempt;
  const [day] = await db
    .select({ startedAt: gameDays.startedAt })
    .from(gameDays)
    .where(
      and(
        eq(gameDays.workspaceId, workspaceId),
        isInForce(),
        sql`${gameDays.fault} @> ${JSON.stringify({ kind: "job-preempted", job: jobId, tearsCheckpoint: true })}::jsonb`,
      ),
    );
  if (!day?.startedAt || !startedAt) return false;
  if (attempt.number !== (await firstPreempted(db, attempt, day.startedAt)) + 1) return false;
  const [newest, ...older] = await db
    .select({ files: trainingCheckpoints.files })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        isNull(trainingCheckpoints.tornAt),
        isNull(trainingCheckpoints.removedAt),
        lt(trainingCheckpoints.createdAt, startedAt),
      ),
    )
    .orderBy(desc(trainingCheckpoints.seq))
    .limit(maxCheckpoints);
  const has = ({ files }: { files: readonly { sha256: string }[] }) => files.some((file) => file.sha256 === sha256);
  return newest !== undefined && older.length > 0 && has(newest) && !older.some(has);
}

/** Number of the attempt that the game day preempted; 0 before it has. */
async function firstPreempted(db: Database, { workspaceId, jobId }: AttemptRow, since: Date): Promise<number> {
  const [preempted] = await db
    .select({ number: min(trainingAttempts.number) })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, workspaceId),
        eq(trainingAttempts.jobId, jobId),
        eq(trainingAttempts.cause, "preempted"),
        gte(trainingAttempts.endedAt, since),
      ),
    );
  return preempted?.number ?? 0;
}
