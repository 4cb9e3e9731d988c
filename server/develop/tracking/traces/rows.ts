import { and, eq } from "drizzle-orm";
import { traceAssessments, traces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Assessment } from "./contract.ts";

/** Names of MLflow's own tags and metadata. */
export const nameTag = "mlflow.traceName";
export const sourceRunKey = "mlflow.sourceRun";

/** Returns the tags that MLflow sets on every trace: the location of its files, and that its spans are in the database. */
export function placeTags(artifactLocation: string, traceId: string): Record<string, string> {
  return {
    "mlflow.artifactLocation": `${artifactLocation}/traces/${traceId}/artifacts`,
    "mlflow.trace.spansLocation": "TRACKING_STORE",
  };
}

export function noTrace(id: string): DomainError {
  return new DomainError("not-found", `Trace with ID '${id}' not found.`);
}

/** Selects one trace of the caller's workspace. */
export function thisTrace(ctx: Context, id: string) {
  return and(eq(traces.workspaceId, ctx.actor.workspaceId), eq(traces.id, id));
}

/** Selects one assessment of a trace of the caller's workspace. */
export function thisAssessment(ctx: Context, { traceId, id }: { traceId: string; id: string }) {
  return and(
    eq(traceAssessments.workspaceId, ctx.actor.workspaceId),
    eq(traceAssessments.traceId, traceId),
    eq(traceAssessments.id, id),
  );
}

export function noAssessment({ traceId, id }: { traceId: string; id: string }): DomainError {
  return new DomainError("not-found", `Assessment with ID '${id}' not found for trace '${traceId}'`);
}

export function toAssessment({ workspaceId, value, ...row }: typeof traceAssessments.$inferSelect): Assessment {
  return { ...row, value: JSON.parse(value) };
}
