import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";
import { execute } from "../../suite/command.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";

/** A server that answers Feast's look-ups. */
export interface FeatureServer {
  url: string;
  headers: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Starts Feast's own server with its SQLite store, one worker, as is its default. It replaces its worker every thousand requests; here it
 * does not, since that costs it most of its throughput.
 */
export async function startFeast(entities: number): Promise<FeatureServer> {
  const programs = await pythonPrograms("venv-feast", ["feast==0.67.0"]);
  if (!programs) throw new Error("Feast could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-feast-"));
  if ((await execute(`${programs}/python`, ["e2e/load/features/feast_store.py", folder, String(entities)])) !== 0) {
    throw new Error("Feast's store could not be filled.");
  }
  const port = await freePort();
  const options = ["--host", "127.0.0.1", "--port", String(port), "--no-access-log", "--workers", "1"];
  const child = spawn(`${programs}/feast`, ["--chdir", folder, "serve", ...options, "--max-requests", "0"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}`, FEAST_USAGE: "False" },
  });
  const url = `http://127.0.0.1:${port}`;
  return untilUp(child, "Feast", url, `${url}/health`, () => rm(folder, { recursive: true, force: true }));
}

/** Starts the reference server on a database of Leeway's Postgres. */
export async function startBareNode(databaseUrl: string, entities: number): Promise<FeatureServer> {
  const port = await freePort();
  const args = ["e2e/load/features/node-server.ts", String(port), databaseUrl, String(entities)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  return untilUp(child, "The reference server", url, url, async () => {});
}

async function untilUp(
  child: ChildProcess,
  name: string,
  url: string,
  healthUrl: string,
  clean: () => Promise<void>,
): Promise<FeatureServer> {
  const stop = async () => {
    await stopped(child);
    await clean();
  };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}.`);
    return fetch(healthUrl).then(
      (response) => response.ok,
      () => false,
    );
  };
  await waitFor(isUp, 120_000).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, headers: {}, stop };
}
