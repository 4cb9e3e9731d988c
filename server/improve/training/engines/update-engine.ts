import { and, eq } from "drizzle-orm";
import { trainingEngines } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import type { EngineSettings } from "../contract.ts";
import { type TrainingEngine, UpdateEngine } from "./contract.ts";
import { type EngineRules, noLocal } from "./create-engine.ts";
import { findEngine, loadEngine } from "./queries.ts";

/**
 * Changes an engine, or switches it off or on. One that is off starts nothing; what runs there goes on, and is looked after.
 * @throws DomainError "not-found"; "invalid" for settings of another kind, and for another address without the secret
 */
export async function updateEngine(ctx: Context, input: UpdateEngine, rules: EngineRules): Promise<TrainingEngine> {
  permit(ctx, "updateEngine");
  const { engine: name, settings, secret, isEnabled } = UpdateEngine.parse(input);
  return transact(ctx, async (ctx) => {
    const engine = await findEngine(ctx, name, { isLocked: true });
    if (settings && settings.kind !== engine.kind) {
      const message = `"${name}" is an engine of the kind "${engine.kind}". Add another engine for "${settings.kind}".`;
      throw new DomainError("invalid", message, { field: "settings.kind" });
    }
    // Nobody who does not know the secret can have it sent elsewhere.
    if (
      engine.secret !== null &&
      secret === undefined &&
      settings &&
      addressOf(settings) !== addressOf(engine.settings)
    ) {
      const message = "Enter the token again: the stored one is only sent to the address that it was entered for.";
      throw new DomainError("invalid", message, { field: "secret" });
    }
    if (engine.kind === "local" && isEnabled && !rules.allowsLocal) throw noLocal();
    const stored = secret == null ? null : await encryptSecret(ctx.db, "training_engines.secret", engine.id, secret);
    await ctx.db
      .update(trainingEngines)
      .set({
        ...(settings && { settings }),
        ...(secret !== undefined && { secret: stored }),
        ...(isEnabled !== undefined && { isEnabled }),
      })
      .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, engine.id)));
    await record(ctx, "training-engine.changed", {
      subject: `training-engine/${name}`,
      before: { settings: engine.settings, isEnabled: engine.isEnabled },
      after: {
        settings: settings ?? engine.settings,
        isEnabled: isEnabled ?? engine.isEnabled,
        hasNewSecret: secret !== undefined,
      },
    });
    await publish(ctx, "training", engine.id);
    return loadEngine(ctx, engine.id);
  });
}

/** Where the secret goes; a kubeconfig names its cluster itself. */
const addressOf = (settings: EngineSettings) => ("address" in settings ? settings.address : null);
