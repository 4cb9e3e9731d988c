import { eq } from "drizzle-orm";
import { loggedModelParams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { KeyValue } from "../contract.ts";
import { checkKey, cut } from "../keys.ts";
import { maxParamLength } from "../runs/tags.ts";

/** Checks params of a logged model. @throws DomainError "invalid", also for a key sent twice. */
export function checkParams(params: readonly KeyValue[]): void {
  for (const [index, param] of params.entries()) checkKey(param.key, `params[${index}].key`);
  const keys = params.map(({ key }) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    throw new DomainError("invalid", `Duplicate parameter keys have been submitted: ['${twice}'].`);
  }
}

/** Writes params once; the same value again is fine. @throws DomainError "invalid" for another value. */
export async function storeLoggedModelParams(
  ctx: Context,
  modelId: string,
  params: readonly KeyValue[],
): Promise<void> {
  if (params.length === 0) return;
  const { workspaceId } = ctx.actor;
  const rows = params.map(({ key, value }) => ({ workspaceId, modelId, key, value: cut(value, maxParamLength) }));
  const written = await ctx.db.insert(loggedModelParams).values(rows).onConflictDoNothing().returning();
  if (written.length === rows.length) return;
  const known = await ctx.db.select().from(loggedModelParams).where(eq(loggedModelParams.modelId, modelId));
  const values = new Map(known.map(({ key, value }) => [key, value]));
  const changed = rows.find(({ key, value }) => values.get(key) !== value);
  if (changed) {
    throw new DomainError(
      "invalid",
      `Changing param values is not allowed. Param with key='${changed.key}' of model '${modelId}' was already logged with value='${values.get(changed.key)}'.`,
    );
  }
}
