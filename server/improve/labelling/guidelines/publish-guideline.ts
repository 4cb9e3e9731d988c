import { and, eq, sql } from "drizzle-orm";
import { labelGuidelines, labelProjects } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { AnswerControl, LabelConfig } from "../contract.ts";
import { checkLabelConfig, mainControl } from "../projects/check-label-config.ts";
import { noLabelProject } from "../projects/find-label-project.ts";
import { type Guideline, PublishGuideline } from "./contract.ts";
import { countUsesOfClasses, countUsesOfControl } from "./count-uses-of-classes.ts";
import { loadGuideline } from "./queries.ts";

/**
 * Publishes the next version of a project's guidelines. Classes may be added, get another title, and go while no answer uses them; what is
 * asked stays of its kind. A control that answers use keeps its name. Answers that are on their way keep the version that their annotator saw.
 * @throws DomainError "not-found", "invalid" for a class or control in use, with the number of its answers
 */
export async function publishGuideline(ctx: Context, input: PublishGuideline): Promise<Guideline> {
  permit(ctx, "publishGuideline");
  const { projectId, reason, ...values } = PublishGuideline.parse(input);
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const isProject = and(eq(labelProjects.workspaceId, workspaceId), eq(labelProjects.id, projectId));
    const [project] = await ctx.db.select().from(labelProjects).where(isProject).for("update");
    if (!project) throw noLabelProject();
    const before = await loadGuideline(ctx, projectId, project.guideline);
    const config = values.config ?? project.config;
    if (values.config) await checkChange(ctx, projectId, project.config, values.config);
    // The XML that was read no longer says what is asked if only the parsed form changed.
    const configText = values.configText ?? (values.config ? "" : project.configText);
    const version = project.guideline + 1;
    const text = values.text ?? before.text;
    const classes = values.classes ?? before.classes.filter(({ name }) => isClassOf(config, name));
    await ctx.db
      .insert(labelGuidelines)
      .values({ workspaceId, projectId, version, text, classes, configText, config, reason, createdBy });
    await ctx.db
      .update(labelProjects)
      .set({ guideline: version, config, configText, updatedAt: sql`now()` })
      .where(isProject);
    await record(ctx, "label-guideline.published", {
      subject: `label-project/${project.name}`,
      before: { version: project.guideline },
      after: { version, classes: mainControl(config).classes.map(({ name }) => name) },
      reason,
    });
    await publish(ctx, "labels", String(projectId));
    return loadGuideline(ctx, projectId, version);
  });
}

const isClassOf = ({ controls }: LabelConfig, name: string) =>
  controls.some(({ classes }) => classes.some((each) => each.name === name));

async function checkChange(ctx: Context, projectId: number, before: LabelConfig, after: LabelConfig): Promise<void> {
  checkLabelConfig(after);
  const kind = mainControl(before).kind;
  if (mainControl(after).kind !== kind) {
    const message = `This project expects "${kind}". Create another project for another kind of answers.`;
    throw new DomainError("invalid", message, { field: "config" });
  }
  for (const [at, control] of before.controls.entries()) {
    await checkSameControl(ctx, projectId, control, after, at === 0);
    const kept = at === 0 ? mainControl(after) : after.controls.find(({ name }) => name === control.name);
    const names = new Set(kept?.classes.map(({ name }) => name));
    const removed = control.classes.map(({ name }) => name).filter((name) => !names.has(name));
    if (removed.length === 0) continue;
    const uses = await countUsesOfClasses(ctx, projectId, { control, classes: removed, isMain: at === 0 });
    if (uses.length === 0) continue;
    const list = uses.map(({ name, answers }) => `"${name}" (${answers})`).join(", ");
    throw new DomainError("invalid", `Answers use classes that would be removed: ${list}.`, { field: "config" });
  }
}

/** Results name the control that they answer: under another name nothing would find them. */
async function checkSameControl(
  ctx: Context,
  projectId: number,
  { name, toName, type }: AnswerControl,
  after: LabelConfig,
  isMain: boolean,
): Promise<void> {
  const kept = isMain ? mainControl(after) : after.controls.find((control) => control.name === name);
  if (kept?.name === name && kept.toName === toName && kept.type === type) return;
  const answers = await countUsesOfControl(ctx, projectId, name, isMain);
  if (answers === 0) return;
  const message = `Answers use "${name}" (${answers}), so its name, its type and what it is about must stay.`;
  throw new DomainError("invalid", message, { field: "config" });
}
