import { leakageChecks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion } from "../lookups.ts";
import { openTable } from "../rows/open-table.ts";
import { UnreadableFile } from "../rows/rows.ts";
import { compareSides, type SideRows } from "./compare-sides.ts";
import { LeakageQuestion, type LeakageResult } from "./contract.ts";
import { isOpen } from "./queries.ts";

/**
 * Runs a leakage check and stores the result. A repeated run restarts from the beginning; it does nothing for a completed check. An invalid
 * check is an outcome; any other failure is thrown, so that it is retried.
 */
export async function findLeakage(ctx: Context, checkId: string, store: ArtifactStore): Promise<void> {
  permit(ctx, "findLeakage");
  const isOurs = isOpen(ctx, checkId);
  const [check] = await ctx.db.update(leakageChecks).set({ state: "running" }).where(isOurs).returning();
  if (!check) return;
  await publish(ctx, "dataset", check.name);
  const outcome = await runLeakageCheck(ctx, LeakageQuestion.parse(check.question), store);
  await transact(ctx, async (ctx) => {
    await ctx.db
      .update(leakageChecks)
      .set({ ...outcome, finishedAt: new Date() })
      .where(isOurs);
    await publish(ctx, "dataset", check.name);
  });
}

type Outcome = { state: "done"; result: LeakageResult } | { state: "failed"; problem: string };

async function runLeakageCheck(ctx: Context, question: LeakageQuestion, store: ArtifactStore): Promise<Outcome> {
  try {
    const sideOf = async (side: LeakageQuestion["left"]): Promise<SideRows> => {
      const version = await findUploadedVersion(ctx, side);
      return { where: side.where, rows: version.rows, open: () => openTable(store, version) };
    };
    const [left, right] = [await sideOf(question.left), await sideOf(question.right)];
    return { state: "done", result: await compareSides(left, right, question.columns) };
  } catch (error) {
    const isVerdict = error instanceof UnreadableFile || (error instanceof DomainError && error.code !== "unavailable");
    if (!isVerdict) throw error;
    return { state: "failed", problem: error.message };
  }
}
