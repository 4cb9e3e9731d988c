import { imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
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
    const [row] = await ctx.db
      .insert(imports)
      .values({ workspaceId, kind: "mlflow-server", origin, secret, startedByName })
      .returning({ id: imports.id });
    if (!row) throw new Error("The import was not inserted.");
    await record(ctx, "import.started", { subject: `import/${row.id}`, after: { kind: "mlflow-server", origin } });
    await enqueue(ctx, "run-import", { importId: row.id });
    await publish(ctx, "settings", row.id);
    return loadImport(ctx, row.id);
  });
}
