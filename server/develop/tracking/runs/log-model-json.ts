import { and, eq } from "drizzle-orm";
import { runTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { parsedJson } from "#server/base/parsed-json.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveRun } from "./lock-run.ts";
import { storeTags } from "./store-tags.ts";
import { maxTagLength, modelHistoryTag } from "./tags.ts";

const mandatory = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/** Notes a model in the way of clients before MLflow 3: appended to a JSON list in a tag of the run. */
export async function logModelJson(ctx: Context, input: { runId: string; modelJson: string }): Promise<void> {
  permit(ctx, "logModelJson");
  const model = parseModel(input.modelJson);
  await transact(ctx, async (ctx) => {
    const { id: runId } = await lockActiveRun(ctx, input.runId);
    const [tag] = await ctx.db
      .select({ value: runTags.value })
      .from(runTags)
      .where(and(eq(runTags.runId, runId), eq(runTags.key, modelHistoryTag)));
    const value = fitting([...parseHistory(tag?.value), model]);
    await storeTags(ctx, runId, [{ key: modelHistoryTag, value }]);
  });
}

function parseModel(text: string): object {
  const model = parsedJson(text);
  if (model === undefined) throw new DomainError("invalid", `Malformed model info. \n ${text} \n is not a valid JSON.`);
  const missing = mandatory.filter((name) => typeof model !== "object" || model === null || !(name in model));
  if (missing.length > 0) {
    throw new DomainError("invalid", `Model json is missing mandatory fields: ${missing.join(", ")}`);
  }
  return model as object;
}

/** Serialises to JSON, without the oldest entries that exceed the maximum length of a tag. */
function fitting(history: unknown[]): string {
  const text = JSON.stringify(history);
  return text.length > maxTagLength && history.length > 1 ? fitting(history.slice(1)) : text;
}

function parseHistory(text: string | undefined): unknown[] {
  const history = text === undefined ? [] : parsedJson(text);
  return Array.isArray(history) ? history : [];
}
