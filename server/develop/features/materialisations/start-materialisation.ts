import { and, eq, inArray, sql } from "drizzle-orm";
import { featureMaterialisations, type featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findFeatureView, lockDefinitions } from "../definitions/lookups.ts";
import { FeatureError } from "../feature-error.ts";
import { parseTime } from "../values/parse-time.ts";
import { databaseTime } from "../writes/hold-views.ts";
import { continuesAt } from "./continues-at.ts";
import { firstEventUs, type Materialisation, StartMaterialisation } from "./contract.ts";
import { findInput, findReadSource, requireSourceScope } from "./find-input.ts";
import { loadMaterialisation } from "./queries.ts";

/**
 * Starts taking the rows of a view's source into its online rows and its history. A job of the worker reads them.
 * @throws FeatureError "view-not-found", "materialising" while one is under way, "source-not-read"; DomainError "not-found" for a dataset or
 *   connection
 */
export async function startMaterialisation(ctx: Context, input: StartMaterialisation): Promise<Materialisation> {
  permit(ctx, "startMaterialisation");
  const { view: name, from, to, restart } = StartMaterialisation.parse(input);
  return transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const view = await findFeatureView(ctx, name);
    const source = await findReadSource(ctx, view.source);
    if (!source) {
      const message = `"${name}" receives rows by writes only, so there is nothing to materialise.`;
      throw new FeatureError("invalid", "source-not-read", message);
    }
    requireSourceScope(ctx, source);
    const input = await findInput(ctx, source);
    const fromEventAt =
      from === undefined ? ((await continuesAt(ctx, view, input)) ?? firstEventUs) : eventTimeOf("from", from);
    const toEventAt = to === undefined ? await databaseTime(ctx) : eventTimeOf("to", to);
    if (fromEventAt > toEventAt) throw emptyRange("from");
    const id = await requestMaterialisation(ctx, view, { fromEventAt, toEventAt, input, trigger: "request", restart });
    return loadMaterialisation(ctx, id);
  });
}

/** @throws FeatureError for a time that is none */
export function eventTimeOf(field: string, text: string | null): number {
  if (text === null) return firstEventUs;
  const time = Number(parseTime(text) ?? Number.NaN);
  if (Number.isSafeInteger(time)) return time;
  throw new FeatureError("invalid", "other", `${JSON.stringify(text.slice(0, 60))} is not a time of ISO 8601.`, {
    field,
  });
}

export const emptyRange = (field: string) =>
  new FeatureError("invalid", "other", "The range is empty: it ends before it starts.", { field });

type Row = typeof featureMaterialisations.$inferInsert;

/**
 * Writes down a materialisation, and its job. The caller holds the definitions (lockDefinitions) in a transaction, so there is at most one per
 * view.
 * @returns its id @throws FeatureError "materialising"
 */
export async function requestMaterialisation(
  ctx: Context,
  { id: viewId, name }: Pick<typeof featureViews.$inferSelect, "id" | "name">,
  { restart, ...request }: Pick<Row, "fromEventAt" | "toEventAt" | "input" | "trigger"> & { restart: boolean },
): Promise<string> {
  const { workspaceId, name: createdBy } = ctx.actor;
  const isActive = and(
    eq(featureMaterialisations.workspaceId, workspaceId),
    eq(featureMaterialisations.viewId, viewId),
    inArray(featureMaterialisations.state, ["waiting", "running"]),
  );
  if (restart) {
    // The time at which the next one is created says that nobody decided to do without the range of this one: isGivenUp.
    await ctx.db.update(featureMaterialisations).set({ state: "cancelled", endedAt: sql`now()` }).where(isActive);
  } else if ((await ctx.db.$count(featureMaterialisations, isActive)) > 0) {
    throw new FeatureError(
      "conflict",
      "materialising",
      `"${name}" is already being materialised. Wait until it has finished, or restart it.`,
      { views: [name] },
    );
  }
  const [row] = await ctx.db
    .insert(featureMaterialisations)
    .values({ workspaceId, viewId, createdBy, ...request })
    .returning({ id: featureMaterialisations.id });
  if (!row) throw new Error("The materialisation was not stored.");
  await record(ctx, "materialisation.started", {
    subject: `feature-view/${name}`,
    after: { input: request.input, trigger: request.trigger, ...(restart && { restart }) },
  });
  await enqueue(ctx, "materialise", { materialisationId: row.id });
  await publish(ctx, "features", row.id);
  return row.id;
}
