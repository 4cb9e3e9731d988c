import { and, eq, ne, type SQL } from "drizzle-orm";
import { labelGuidelines, labelProjects } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type LabelConfig, LabelSettings } from "../contract.ts";
import { checkLabelConfig, mainControl } from "./check-label-config.ts";
import { CreateLabelProject, type LabelProjectDetails } from "./contract.ts";
import { makeLabelConfig } from "./make-label-config.ts";
import { loadLabelProject } from "./queries.ts";

/**
 * Creates a project in which people label tasks, with the first version of its guidelines.
 * @throws DomainError "invalid" for a configuration that cannot be asked, "conflict" when the name is used, "not-found" for the endpoint
 */
export async function createLabelProject(ctx: Context, input: CreateLabelProject): Promise<LabelProjectDetails> {
  permit(ctx, "createLabelProject");
  const values = CreateLabelProject.parse(input);
  const config = configOf(values);
  checkSettings(LabelSettings.parse(values.settings));
  const { name, description, configText, settings, guideline } = values;
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const endpoint = values.endpoint === undefined ? null : await findEndpoint(ctx, values.endpoint);
    await requireFreeName(ctx, name);
    const taskKind = mainControl(config).kind;
    const [project] = await ctx.db
      .insert(labelProjects)
      .values({
        workspaceId,
        name,
        description,
        endpointId: endpoint?.id ?? null,
        taskKind,
        configText,
        config,
        settings,
        createdBy,
      })
      .returning({ id: labelProjects.id });
    if (!project) throw new Error("The label project was not stored.");
    await ctx.db.insert(labelGuidelines).values({
      workspaceId,
      projectId: project.id,
      version: 1,
      text: guideline.text,
      classes: guideline.classes,
      configText,
      config,
      createdBy,
    });
    await record(ctx, "label-project.created", {
      subject: `label-project/${name}`,
      after: { taskKind, endpoint: values.endpoint ?? null, settings },
    });
    await publish(ctx, "labels", String(project.id));
    return loadLabelProject(ctx, project.id);
  });
}

function configOf(values: ReturnType<typeof CreateLabelProject.parse>): LabelConfig {
  const { config, taskKind, classes = [], shown, question = "", range } = values;
  if (config) {
    checkLabelConfig(config);
    const { kind } = mainControl(config);
    if (taskKind !== undefined && taskKind !== kind) {
      throw new DomainError("invalid", `The configuration is for "${kind}", not "${taskKind}".`, {
        field: "taskKind",
      });
    }
    return config;
  }
  if (taskKind === undefined) throw new DomainError("invalid", "Enter the question.", { field: "taskKind" });
  const made = makeLabelConfig({ taskKind, classes, shown, question, range });
  checkLabelConfig(made);
  return made;
}

/** @throws DomainError "invalid" for settings that contradict each other */
export function checkSettings({ minAnswers, maxAnswers }: LabelSettings): void {
  if (minAnswers <= maxAnswers) return;
  const message = "The maximum number of answers must not be less than the minimum.";
  throw new DomainError("invalid", message, { field: "settings.maxAnswers" });
}

/** @throws DomainError "conflict" when another project that is not archived has the name */
export async function requireFreeName(ctx: Context, name: string, except?: SQL): Promise<void> {
  const taken = and(
    eq(labelProjects.workspaceId, ctx.actor.workspaceId),
    eq(labelProjects.name, name),
    ne(labelProjects.state, "archived"),
    except,
  );
  if ((await ctx.db.$count(labelProjects, taken)) === 0) return;
  throw new DomainError("conflict", `A label project named "${name}" already exists.`, { field: "name" });
}
