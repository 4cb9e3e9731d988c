import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StartError } from "#db/start-error.ts";
import { limits } from "#server/base/limits.ts";
import type { KeyOrigin } from "./key-ring.ts";
import { type MasterKey, masterKeyBytes, parseMasterKey } from "./master-key.ts";

/** Where the master key comes from; exactly one of these. */
export type KeySource =
  | { kind: "value"; key: string }
  | { kind: "file"; path: string }
  /** Program and arguments, run without a shell. */
  | { kind: "command"; command: readonly string[] };

/** Names of the variables, for messages. */
const variables = { value: "SECRETS_KEY", file: "SECRETS_KEY_FILE", command: "SECRETS_KEY_COMMAND" };

export function variableOf({ kind }: KeySource): string {
  return variables[kind];
}

/** Returns where a process reads its master key again. */
export function originOf(source: KeySource): KeyOrigin {
  return { variable: variableOf(source), read: source.kind === "value" ? undefined : () => readMasterKey(source) };
}

/**
 * Reads the master key.
 * @returns undefined when there is no file yet
 * @throws StartError when there is no valid key
 */
export async function readMasterKey(source: KeySource): Promise<MasterKey | undefined> {
  const text = await textOf(source);
  return text === undefined ? undefined : requireKey(text, variableOf(source));
}

/** Reads a new master key from a file, which is created with a random one if it does not exist. @throws StartError */
export async function readNewMasterKey(path: string): Promise<{ key: MasterKey; text: string }> {
  if ((await readKeyFile(path, "--new-key-file")) === undefined) await createKeyFile(path);
  const text = (await readKeyFile(path, "--new-key-file")) ?? "";
  return { key: requireKey(text, "--new-key-file"), text };
}

/**
 * Creates a key file that only its owner can read, with a random key. The file appears complete or not at all, and never replaces another.
 * @throws StartError when it cannot be written
 */
export async function createKeyFile(path: string): Promise<void> {
  const draft = await writeDraft(path, `${randomBytes(masterKeyBytes).toString("base64")}\n`);
  try {
    await link(draft, path);
    await syncFolder(path);
  } catch (cause) {
    // Another process has created it.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw notWritten(path, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Replaces the content of a key file, which holds the old key or the new one at every moment.
 * @param oldPath file that the old key remains in, for backups of its time
 * @throws StartError
 */
export async function replaceKeyFile(path: string, text: string, oldPath: string): Promise<void> {
  const draft = await writeDraft(path, `${text.trim()}\n`);
  try {
    await rm(oldPath, { force: true });
    await link(path, oldPath);
    await rename(draft, path);
    await syncFolder(path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw notWritten(path, cause);
  }
}

async function textOf(source: KeySource): Promise<string | undefined> {
  if (source.kind === "value") return source.key;
  if (source.kind === "file") return readKeyFile(source.path, variableOf(source));
  const [program = "", ...parameters] = source.command;
  try {
    const { stdout } = await promisify(execFile)(program, parameters, {
      timeout: limits.keyCommandMs,
      killSignal: "SIGKILL",
      maxBuffer: limits.keyLength,
    });
    return stdout;
  } catch (cause) {
    // Its output is not part of the message, because it may be the key.
    const { code, killed } = cause as { code?: unknown; killed?: boolean };
    const reason = killed ? `did not end within ${limits.keyCommandMs / 1000} s` : `failed (${String(code)})`;
    throw new StartError(`SECRETS_KEY_COMMAND: ${program} ${reason}. Run it by hand to see why.`);
  }
}

async function readKeyFile(path: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new StartError(`${name}: cannot read ${path} (${code}). Grant read access to the user that runs Leeway.`, {
      cause,
    });
  }
}

function requireKey(text: string, name: string): MasterKey {
  const key = parseMasterKey(text);
  if (key) return key;
  throw new StartError(`${name}: must be 32 bytes in base64. Generate a key with: openssl rand -base64 32`);
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw notWritten(path, cause);
  }
  return draft;
}

/** Makes a new name durable: a key that a power failure removes would take every secret with it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function notWritten(path: string, cause: unknown): StartError {
  const { code } = cause as NodeJS.ErrnoException;
  return new StartError(
    `SECRETS_KEY_FILE: cannot write ${path} (${code}). Make its folder writable, or set SECRETS_KEY.`,
    {
      cause,
    },
  );
}
