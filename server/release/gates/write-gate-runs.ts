import { and, eq, inArray } from "drizzle-orm";
import { evaluationRuns, gateRuns, modelVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { authorOf } from "../../develop/registry/author.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import type { GateSetting } from "../../develop/registry/policy/contract.ts";
import { enqueueGates } from "../../develop/registry/requests/enqueue-checks.ts";

export interface GateCheck {
  versionId: string;
  alias: string;
  /** Run again with the same id, nothing is written twice. */
  checkId: string;
}

/** Result of one gate of a checklist. */
export interface FoundGate extends GateResult {
  gate: string;
  settings: GateSetting;
}

interface Checked {
  modelId: string;
  /** Version that it was compared with. */
  baseline: { id: string; version: number } | null;
}

/** Stores the gate results of a version, each once per check. */
export async function writeGateRuns(
  ctx: Context,
  { versionId, alias, checkId }: GateCheck,
  { modelId, baseline }: Checked,
  found: readonly FoundGate[],
): Promise<void> {
  if (found.length === 0) return;
  const author = await authorOf(ctx);
  const rows = found.map((result) => ({
    ...author,
    ...result,
    workspaceId: ctx.actor.workspaceId,
    versionId,
    alias,
    checkId,
    baselineVersionId: baseline?.id ?? null,
    baselineVersion: baseline?.version ?? null,
    at: new Date(),
  }));
  await transact(ctx, async (ctx) => {
    // If a version is deleted meanwhile, its evidence is deleted too; the two operations wait for each other.
    const [still] = await ctx.db
      .select({ id: modelVersions.id })
      .from(modelVersions)
      .where(eq(modelVersions.id, versionId))
      .for("key share");
    if (!still) return;
    const awaited = found.flatMap(({ evidence }) => evidence.waitsFor ?? []);
    const hasEnded = await hasOneEnded(ctx, awaited);
    await ctx.db.insert(gateRuns).values(rows).onConflictDoNothing();
    // Its end found no gate that waits for it, because this one was not stored yet.
    if (hasEnded) await enqueueGates(ctx, { versionId, alias });
    await publish(ctx, "model", modelId);
  });
}

/** Whether one of these evaluations has ended. Those that have not cannot end until this transaction has. */
async function hasOneEnded(ctx: Context, awaited: readonly string[]): Promise<boolean> {
  if (awaited.length === 0) return false;
  const ids = [...new Set(awaited)];
  const runs = await ctx.db
    .select({ state: evaluationRuns.state })
    .from(evaluationRuns)
    .where(and(eq(evaluationRuns.workspaceId, ctx.actor.workspaceId), inArray(evaluationRuns.id, ids)))
    .orderBy(evaluationRuns.id)
    .for("share");
  return runs.length < ids.length || runs.some(({ state }) => state !== "waiting" && state !== "running");
}
