import { createHash } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import { evaluationRuns } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import { EvaluationSetDefinition, type RequestEvaluation } from "../contract.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { answerReader, readerKind } from "./answer-reader.ts";
import { planInputs } from "./plan-inputs.ts";

type Requested = Pick<Required<RequestEvaluation>, "setId" | "name" | "version" | "provider">;
type Settings = NonNullable<typeof evaluationRuns.$inferInsert.settings>;

/** What kind of run is requested. */
interface RunKind {
  kind: "evaluation" | "robustness";
  settings?: Settings;
  /** Rows that the run has. */
  rowsTotal(set: { rows: number; taskKind: EvaluationSetDefinition["task"]["kind"] }): number;
}

/** Finds or creates the run of a version on a set, and enqueues it unless it is done or in progress. @returns its id */
export async function requestRun(
  ctx: Context,
  request: Requested,
  { kind, settings, rowsTotal }: RunKind,
): Promise<string> {
  const { setId, name, version: number, provider } = request;
  return transact(ctx, async (ctx) => {
    const set = await findReadySet(ctx, setId);
    if (set.retiredAt) throw new DomainError("conflict", `Set "${set.name}" is retired: ${set.retirementReason}`);
    const version = await findVersion(ctx, { name, version: number });
    const sides = versionSides(version);
    const { task, columns } = EvaluationSetDefinition.parse(set.definition);
    const names = set.dataset.columns.map((column) => column.name);
    // What cannot fit is refused now, not by the job.
    planInputs(sides, names, columns, set.dataset.name);
    answerReader(readerKind(task), sides, set.facts.classes?.map((one) => one.name) ?? []);
    if (!version.sha256) throw new DomainError("conflict", `${name} v${number} has no file that can be run.`);
    const key = {
      setId,
      versionId: version.id,
      kind,
      modelDigest: version.sha256,
      pipelineDigest: version.pipelineDigest ?? "",
      provider: provider ?? "",
      settingsDigest: settings ? createHash("sha256").update(canonicalJson(settings)).digest("hex") : "",
    };
    const { workspaceId, name: createdBy } = ctx.actor;
    const total = rowsTotal({ rows: set.facts.included, taskKind: task.kind });
    const [created] = await ctx.db
      .insert(evaluationRuns)
      .values({ ...key, workspaceId, settings: settings ?? null, rowsTotal: total, createdBy })
      .onConflictDoNothing()
      .returning({ id: evaluationRuns.id });
    const isSame = and(
      ...Object.entries(key).map(([column, value]) => eq(columnsOfKey[column as keyof typeof key], value)),
    );
    const [restarted] = created
      ? [created]
      : await ctx.db
          .update(evaluationRuns)
          .set({
            state: "waiting",
            problem: null,
            finishedAt: null,
            runner: null,
            leasedUntil: null,
            attempts: 0,
            // Since when it waits.
            createdAt: sql`now()`,
          })
          .where(and(isSame, inArray(evaluationRuns.state, ["failed", "cancelled"])))
          .returning({ id: evaluationRuns.id });
    if (!restarted) {
      const [known] = await ctx.db.select({ id: evaluationRuns.id }).from(evaluationRuns).where(isSame);
      return known?.id ?? "";
    }
    await enqueue(ctx, "run-evaluation", { runId: restarted.id });
    await record(ctx, `${kind}.requested`, {
      subject: `version/${name}/${number}`,
      after: { runId: restarted.id, set: set.name, digest: set.digest, provider },
    });
    await publish(ctx, "model", version.modelId);
    await publish(ctx, "evaluation", restarted.id);
    return restarted.id;
  });
}

const columnsOfKey = {
  setId: evaluationRuns.setId,
  versionId: evaluationRuns.versionId,
  kind: evaluationRuns.kind,
  modelDigest: evaluationRuns.modelDigest,
  pipelineDigest: evaluationRuns.pipelineDigest,
  provider: evaluationRuns.provider,
  settingsDigest: evaluationRuns.settingsDigest,
};
