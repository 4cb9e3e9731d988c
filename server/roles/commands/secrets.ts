import { parseArgs } from "node:util";
import type { Pool } from "pg";
import { type Database, openDatabase } from "#db/client.ts";
import { schemaState } from "#db/migrate.ts";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { firstWorkspaceId } from "#server/platform/identity/workspaces/instance-admin.ts";
import { discardSecrets } from "#server/platform/secrets/discard-secrets.ts";
import { masterKey } from "#server/platform/secrets/key-ring.ts";
import { readNewMasterKey, replaceKeyFile, variableOf } from "#server/platform/secrets/key-source.ts";
import { prepareSecrets } from "#server/platform/secrets/prepare-secrets.ts";
import { checkAll, type SecretPlace } from "#server/platform/secrets/reencrypt.ts";
import { rotateDataKey } from "#server/platform/secrets/rotate-data-key.ts";
import { dropOtherMasters, wrapWithNewMaster } from "#server/platform/secrets/rotate-master-key.ts";
import { connectInstallation } from "./connect-installation.ts";
import { say } from "./say.ts";

const timeoutMs = 15_000;

const usage = `Usage:
  secrets verify                       decrypts every stored secret
  secrets rotate                       encrypts every stored secret with a new data key
  secrets rotate --new-key-file FILE   replaces the master key by the one in FILE, which is created if it does not exist
  secrets discard --yes                removes every encrypted secret, if the master key is lost`;

/** `secrets verify` and `secrets rotate`: the encryption of stored secrets. Leeway may run meanwhile. @throws StartError */
export async function secrets(args: string[], config: Config): Promise<void> {
  const { action, newKeyFile } = readArguments(args);
  await using opened = new AsyncDisposableStack();
  const { url, close } = await connectInstallation(config, say);
  opened.defer(close);
  const handle = openDatabase(url, { max: 3, name: "leeway-secrets", timeoutMs });
  opened.defer(handle.close);
  await withoutOther(handle.pool, async () => {
    const { db } = handle;
    if (action === "discard") return discard(db);
    await prepareSecrets(db, config.secretsKey);
    if (action === "verify") await verify(db);
    else if (newKeyFile === undefined) await rotate(db);
    else await rotateMaster(db, config, newKeyFile);
  });
}

/** Runs `work` unless another rotation runs. @throws StartError then, or when the schema is not the one of this program */
async function withoutOther(pool: Pool, work: () => Promise<void>): Promise<void> {
  if ((await schemaState(pool)) !== "current") {
    throw new StartError(
      "The database belongs to another version of Leeway. Start this version once, then run the command.",
    );
  }
  const client = await pool.connect();
  try {
    // The lock ends with this connection.
    const { rows } = await client.query(
      "select pg_try_advisory_lock(hashtextextended('leeway secrets rotation', 0)) as held",
    );
    if (!rows[0].held) throw new StartError("Another secrets command is running. Wait until it has ended.");
    await work();
  } finally {
    client.release(true);
  }
}

interface Arguments {
  action: "verify" | "rotate" | "discard";
  newKeyFile: string | undefined;
}

function readArguments(args: string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { "new-key-file": { type: "string" }, yes: { type: "boolean", default: false } },
    });
    const [action, ...others] = positionals;
    const newKeyFile = values["new-key-file"];
    if (others.length > 0) throw new StartError(usage);
    if (action === "rotate" && !values.yes) return { action, newKeyFile };
    if (action === "verify" && !values.yes && newKeyFile === undefined) return { action, newKeyFile };
    if (action === "discard" && values.yes && newKeyFile === undefined) return { action, newKeyFile };
  } catch {
    // An unknown option.
  }
  throw new StartError(usage);
}

async function verify(db: Database): Promise<void> {
  const { count, failed, readable } = await checkAll(db);
  say(`Decrypted ${count} secrets.`);
  if (failed.length > 0) throw new StartError(`Cannot be decrypted: ${listOf(failed)}. Enter these secrets again.`);
  if (readable.length > 0) {
    throw new StartError(`Not encrypted: ${listOf(readable)}. Start the worker, which encrypts them.`);
  }
}

async function rotate(db: Database): Promise<void> {
  const { keyId, count, failed, retired } = await rotateDataKey(db);
  say(`Encrypted ${count} secrets with data key ${keyId}. Data keys retired: ${retired}.`);
  if (failed.length > 0) {
    throw new StartError(
      `Cannot be decrypted: ${listOf(failed)}. Enter these secrets again, then run this command again.`,
    );
  }
  await recordChange(db, "secrets.data-key-rotated", { keyId, count });
}

/**
 * Both keys are valid until the configuration has the new one; a file of Leeway is replaced here. An interrupted run, and the second one
 * after the configuration was changed, continue where the first one stopped.
 */
async function rotateMaster(db: Database, { secretsKey }: Config, newKeyFile: string): Promise<void> {
  const current = masterKey();
  const { key: next, text } = await readNewMasterKey(newKeyFile);
  if (next.id !== current.id) {
    await wrapWithNewMaster(db, current, next);
    if (secretsKey.kind !== "file") {
      say(
        `Both master keys are valid now. Set ${variableOf(secretsKey)} to the key in ${newKeyFile}, restart every role, and run this command again.`,
      );
      return;
    }
    const oldPath = `${secretsKey.path}.${current.id}`;
    await replaceKeyFile(secretsKey.path, text, oldPath);
    say(`The old master key is in ${oldPath}. Delete it once no backup needs it.`);
  }
  await dropOtherMasters(db, next);
  await recordChange(db, "secrets.master-key-rotated", { fingerprint: next.id });
  say(`The master key was replaced; fingerprint ${next.id}. Back up the new key, and delete ${newKeyFile}.`);
}

async function discard(db: Database): Promise<void> {
  const count = await discardSecrets(db);
  await recordChange(db, "secrets.discarded", { count });
  say(`Removed ${count} secrets. Restart Leeway, which creates a new key, and enter the secrets again.`);
}

/** The audit log of the first workspace has the entries about the installation. */
async function recordChange(db: Database, action: string, after: Record<string, unknown>): Promise<void> {
  const ctx = systemContext(db, "", "secrets");
  const workspaceId = await firstWorkspaceId(ctx);
  if (workspaceId === undefined) return;
  await transact(systemContext(db, workspaceId, "secrets"), (ctx) =>
    record(ctx, action, { subject: "installation/secrets", after }),
  );
}

function listOf(places: readonly SecretPlace[]): string {
  return places.map(({ column, row }) => `${column} of row ${row}`).join(", ");
}
