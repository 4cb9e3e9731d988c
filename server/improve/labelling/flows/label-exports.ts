import { randomUUID } from "node:crypto";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { changeProgress } from "../projects/change-progress.ts";
import type { LabelExport } from "./contract.ts";

/** Exports that a project remembers. */
const maxExports = 50;
/** Six attempts of the job take two hours each at most. */
const maxWaitingMs = dayMs;

interface Project {
  id: number;
  name: string;
}

type NewExport = Pick<LabelExport, "dataset" | "format" | "forTraining" | "audit">;

/** Notes an export of a project, and enqueues the job that makes it. The caller has checked permissions. */
export async function requestExport(ctx: Context, project: Project, wanted: NewExport): Promise<LabelExport> {
  const requested: LabelExport = {
    ...wanted,
    id: randomUUID(),
    state: "waiting",
    problem: null,
    requestedBy: ctx.actor.name,
    requestedAt: new Date().toISOString(),
    rows: null,
    frozen: null,
    gold: null,
    digest: null,
    evaluationSetId: null,
  };
  await transact(ctx, async (ctx) => {
    await changeExports(ctx, project.id, (exports) => [requested, ...exports].slice(0, maxExports));
    await enqueue(ctx, "export-labels", { projectId: project.id, exportId: requested.id });
    const { dataset, format, forTraining, audit } = requested;
    await record(ctx, "labels.exported", {
      subject: `label-project/${project.name}`,
      after: { dataset, format, forTraining, audit },
    });
    await publish(ctx, "labels", String(project.id));
  });
  return requested;
}

/** Marks exports of a project as failed that wait for longer than their job lives, such as those of a restored backup. */
export async function failLostExports(ctx: Context, projectId: number, now = Date.now()): Promise<void> {
  const problem = "The export was lost. Export the labels again.";
  await transact(ctx, (ctx) =>
    changeExports(ctx, projectId, (exports) =>
      exports.map((one) => (isLost(one, now) ? { ...one, state: "failed", problem } : one)),
    ),
  );
}

/** Whether an export waits that no job makes any more. */
export function isLost({ state, requestedAt }: LabelExport, now = Date.now()): boolean {
  return state === "waiting" && now - Date.parse(requestedAt) > maxWaitingMs;
}

/** Changes one export of a project. */
export async function updateExport(
  ctx: Context,
  { projectId, exportId }: { projectId: number; exportId: string },
  change: Partial<LabelExport>,
): Promise<void> {
  await transact(ctx, async (ctx) => {
    await changeExports(ctx, projectId, (exports) =>
      exports.map((one) => (one.id === exportId ? { ...one, ...change } : one)),
    );
    await publish(ctx, "labels", String(projectId));
  });
}

function changeExports(
  ctx: Context,
  projectId: number,
  change: (exports: LabelExport[]) => LabelExport[],
): Promise<void> {
  return changeProgress(ctx, projectId, ({ exports = [] }) => ({ exports: change(exports) }));
}
