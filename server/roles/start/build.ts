import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { StartError } from "#db/start-error.ts";
import { acquireLock } from "./folder-lock.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const stampFile = join(root, ".next", "leeway-build");
const cache = join(root, ".cache");
const logFile = join(cache, "build.log");
const lockFile = join(cache, "build.lock");
const sources = ["app", "components", "server", "db", "public"];
const files = ["package-lock.json", "next.config.js", "tsconfig.json", "postcss.config.cjs"];

/**
 * Builds the console unless it was built from exactly these sources. Concurrent starts from one checkout take turns.
 * @param announce called when a build starts, which takes a while.
 * @throws StartError when the build fails; the log says why.
 */
export async function buildConsole(announce: () => void, signal: AbortSignal): Promise<void> {
  const stamp = await stampOf(root);
  const isBuilt = async () => (await readFile(stampFile, "utf8").catch(() => "")) === stamp;
  if (await isBuilt()) return;
  announce();
  await mkdir(cache, { recursive: true });
  let lock = await acquireLock(lockFile);
  for (; !("release" in lock); lock = await acquireLock(lockFile)) {
    await pause(500, undefined, { signal });
  }
  try {
    if (await isBuilt()) return;
    // There is no stamp during the build: an interrupted build is repeated.
    await rm(stampFile, { force: true });
    await build(signal);
    await writeFile(stampFile, stamp);
  } finally {
    await lock.release();
  }
}

async function build(signal: AbortSignal): Promise<void> {
  const log = createWriteStream(logFile);
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    signal,
  });
  let last = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log.write(chunk);
      last = (last + chunk.toString()).slice(-2_000);
    });
  }
  const [code] = await once(child, "close");
  log.end();
  if (code !== 0) throw new StartError(`The console build failed. See ${logFile}:\n${last.trim()}`);
}

/** Computes one hash over the name and content of every file that the build reads. */
async function stampOf(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const path of [...files, ...(await Promise.all(sources.map((source) => filesIn(folder, source)))).flat()]) {
    hash
      .update(path)
      .update("\0")
      .update(await readFile(join(folder, path)).catch(() => ""))
      .update("\0");
  }
  return hash.digest("hex");
}

async function filesIn(folder: string, source: string): Promise<string[]> {
  const entries = await readdir(join(folder, source), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .filter((path) => !path.startsWith(join("server", "roles", "demo", "data")))
    .sort();
}
