import { setTimeout as pause } from "node:timers/promises";
import type { TaskSource } from "#server/improve/labelling/contract.ts";
import type { LabelProject } from "#server/improve/labelling/projects/contract.ts";
import type { NextTask } from "#server/improve/labelling/queue/contract.ts";
import { type DemoTarget, send } from "../client.ts";
import { asColleague } from "../colleague.ts";
import { annotators, type DemoAnnotator, spentMs } from "./annotators.ts";
import type { DigitOf } from "./archive.ts";

/** Requests of the audit that each annotator labels in one run of the demo, and those that are left for its viewer. */
const audit = { each: 30, leftOpen: 10 };
const waitMs = 4_000;

/** An annotator at work in a project. */
export interface Session {
  annotator: DemoAnnotator;
  /** The demo as the annotator uses it. */
  target: DemoTarget;
  projectId: number;
  digitOf: DigitOf;
}

/** Signs the annotators in, who have accounts afterwards. */
export async function startSessions(
  target: DemoTarget,
  work: Pick<Session, "projectId" | "digitOf">,
): Promise<Session[]> {
  const sessions: Session[] = [];
  for (const annotator of annotators) {
    const colleague = await asColleague(target, annotator);
    const { secret } = await send<{ secret: string }>(colleague, "POST", `${target.url}/api/v1/tokens`, {
      name: "Labelling in the demo",
      scopes: ["labels"],
      expiresInDays: 1,
    });
    sessions.push({ ...work, annotator, target: { ...target, token: secret } });
  }
  return sessions;
}

/** Labels the archive until nothing of it is left for the annotator. */
export async function labelArchive(session: Session, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await labelNext(session, "imported")) === "labelled");
}

/** Labels some of the random audit as requests come in, and leaves others open. */
export async function labelAudit(target: DemoTarget, session: Session, signal: AbortSignal): Promise<void> {
  const url = `${target.url}/api/v1/label-projects/${session.projectId}`;
  for (let labelled = 0; labelled < audit.each && !signal.aborted; ) {
    const { counts } = await send<LabelProject>(target, "GET", url);
    const open = counts.bySource.find(({ source }) => source === "audit")?.open ?? 0;
    const result = open > audit.leftOpen ? await labelNext(session, "audit") : "nothing";
    if (result === "paused") return;
    if (result === "labelled") labelled += 1;
    else await pause(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Gets the next task of a queue as the annotator, and answers it. */
async function labelNext(
  { annotator, target, projectId, digitOf }: Session,
  queue: TaskSource,
): Promise<"labelled" | "nothing" | "paused"> {
  const url = `${target.url}/api/v1/label-projects/${projectId}`;
  const { task, paused } = await send<NextTask>(target, "POST", `${url}/next`, { queue });
  if (!task) return paused === null ? "nothing" : "paused";
  const { id, item } = task;
  const digit = digitOf(task);
  const answer = digit === undefined ? undefined : annotator.answer({ item, digit });
  await send(target, "PUT", `${url}/tasks/${id}/answer`, {
    ...(answer === undefined ? { cannotTell: true } : { value: { kind: "class", label: answer } }),
    spentMs: spentMs(annotator, item),
  });
  return "labelled";
}
