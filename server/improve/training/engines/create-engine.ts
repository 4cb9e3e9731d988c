import { randomUUID } from "node:crypto";
import { trainingEngines } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { CreateEngine, type TrainingEngine } from "./contract.ts";
import { loadEngine } from "./queries.ts";

/** What an installation allows of engines. */
export interface EngineRules {
  /** Whether jobs may run on the machines of Leeway itself: they have the rights of the worker. */
  allowsLocal: boolean;
}

/**
 * Adds an engine that training jobs can run on. It is asked what it has by the next round of the worker.
 * @throws DomainError "conflict" when the name is used; "invalid" for `local` where the installation does not allow it
 */
export async function createEngine(ctx: Context, input: CreateEngine, rules: EngineRules): Promise<TrainingEngine> {
  permit(ctx, "createEngine");
  const { name, settings, secret } = CreateEngine.parse(input);
  if (settings.kind === "local" && !rules.allowsLocal) throw noLocal();
  const { workspaceId, name: createdBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const id = randomUUID();
    const stored = secret === undefined ? null : await encryptSecret(ctx.db, "training_engines.secret", id, secret);
    const added = await ctx.db
      .insert(trainingEngines)
      .values({ id, workspaceId, name, kind: settings.kind, settings, secret: stored, createdBy })
      .onConflictDoNothing()
      .returning({ id: trainingEngines.id });
    if (added.length === 0) {
      throw new DomainError("conflict", `An engine named "${name}" already exists.`, { field: "name" });
    }
    await record(ctx, "training-engine.created", { subject: `training-engine/${name}`, after: { settings } });
    await publish(ctx, "training", id);
    return loadEngine(ctx, id);
  });
}

export const noLocal = () =>
  new DomainError(
    "invalid",
    "Jobs on this machine are off, because they have the rights of the worker. Set LOCAL_TRAINING=true for the worker and web roles to allow them.",
    { field: "settings" },
  );
