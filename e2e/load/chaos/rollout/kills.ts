import type pg from "pg";
import { waitFor } from "../../../suite/stack.ts";
import type { Role, RoleName } from "./roles.ts";
import type { Snapshot } from "./snapshot.ts";

/** A kill to come: of which role, and at which moment of which rollout. */
export interface PlannedKill {
  name: string;
  role: RoleName;
  isTime: (rollout: Snapshot) => boolean;
  /** In the middle of the worker's transaction, after a decision was written and before it is committed. */
  isInside?: boolean;
}

const lastKind = ({ decisions }: Snapshot) => decisions.at(-1)?.kind;
const inStep = (step: number) => (rollout: Snapshot) => rollout.phase === "stepping" && rollout.state.step === step;
const isWatching = ({ phase }: Snapshot) => phase === "watching";
const isStarting = ({ phase }: Snapshot) => phase === "starting";
const isRolledBack = (rollout: Snapshot) => lastKind(rollout) === "roll-back";
const justPromoted = (rollout: Snapshot) => lastKind(rollout) === "promote";

/** Every state of a rollout, for both roles; those named "after" come within milliseconds of the decision. */
export const plannedKills: readonly PlannedKill[] = [
  { name: "starting", role: "worker", isTime: isStarting },
  { name: "starting", role: "gateway A", isTime: isStarting },
  { name: "first step", role: "worker", isTime: inStep(0) },
  { name: "first step", role: "gateway B", isTime: inStep(0) },
  { name: "inside the decision after the first step", role: "worker", isInside: true, isTime: inStep(0) },
  { name: "after the decision to go on", role: "gateway A", isTime: inStep(1) },
  { name: "second step", role: "worker", isTime: inStep(1) },
  { name: "inside the promotion", role: "worker", isInside: true, isTime: inStep(1) },
  { name: "after the promotion", role: "gateway B", isTime: justPromoted },
  { name: "watching", role: "worker", isTime: isWatching },
  { name: "watching", role: "gateway A", isTime: isWatching },
  { name: "inside the decision in the watch", role: "worker", isInside: true, isTime: isWatching },
  { name: "after the rollback", role: "worker", isTime: isRolledBack },
  { name: "after the rollback", role: "gateway B", isTime: isRolledBack },
];

/**
 * Kills the worker in the middle of its transaction: a lock stops it where it writes the audit log, which comes after the
 * decision and before the commit. @returns whether a transaction was caught
 */
export async function killInside(client: pg.Client, worker: Role, startAfterMs: number): Promise<boolean> {
  await client.query("begin");
  try {
    await client.query("lock table audit_events in share mode");
    const isCaught = async () => {
      // Within a transaction, statistics stay as they were read first.
      await client.query("select pg_stat_clear_snapshot()");
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%audit_events%' and pid <> pg_backend_pid()",
      );
      return rows.length > 0;
    };
    const caught = await waitFor(isCaught, 20_000).then(
      () => true,
      () => false,
    );
    if (caught) await worker.kill(startAfterMs);
    return caught;
  } finally {
    await client.query("rollback");
  }
}
