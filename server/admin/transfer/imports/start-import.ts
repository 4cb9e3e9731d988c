import { randomUUID } from "node:crypto";
import { imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { type Import, type ImportRules, StartImport } from "../contract.ts";
import { readAddress, resolveHost } from "../mlflow/address.ts";
import { loadImport } from "./queries.ts";

/**
 * Starts to import everything from an MLflow server: experiments, runs, logged and registered models. The token or password is stored until
 * the import ends, and no longer.
 * @throws DomainError "invalid" for an invalid or forbidden address.
 */
export async function startImport(ctx: Context, input: StartImport, rules: ImportRules): Promise<Import> {
  permit(ctx, "startImport");
  const { address, token, userName, password } = StartImport.parse(input);
  const origin = readAddress(address);
  await resolveHost(new URL(origin), rules).catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError("invalid", error.message, { cause: error });
  });
  const basic = userName && password && Buffer.from(`${userName}:${password}`).toString("base64");
  const secret = basic ? `Basic ${basic}` : token ? `Bearer ${token}` : null;
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: startedByName } = ctx.actor;
    const id = randomUUID();
    const stored = secret === null ? null : await encryptSecret(ctx.db, "imports.secret", id, secret);
    await ctx.db
      .insert(imports)
      .values({ id, workspaceId, kind: "mlflow-server", origin, secret: stored, startedByName });
    await record(ctx, "import.started", { subject: `import/${id}`, after: { kind: "mlflow-server", origin } });
    await enqueue(ctx, "run-import", { importId: id });
    await publish(ctx, "settings", id);
    return loadImport(ctx, id);
  });
}
