import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "#db/free-port.ts";

export interface Stack extends AsyncDisposable {
  url: string;
  gatewayUrl: string;
  /** Address of the worker's health and metrics. */
  workerUrl: string;
  dataFolder: string;
  process: ChildProcess;
  /** Environment variables read by the suites: URL, gateway, first account, first token. */
  environment: Record<string, string>;
}

const admin = { email: "admin@example.test", password: "first-watch-7-bells" };

/**
 * Starts the product as its users do (`node server/main.ts`), on free ports and a new data folder, and waits until every role is ready.
 * The token is the one that the first start writes.
 */
export async function startStack(extra: Record<string, string> = {}): Promise<Stack> {
  const dataFolder = await mkdtemp(join(tmpdir(), "leeway-e2e-"));
  // As root, Postgres runs as another user, who needs access.
  await chmod(dataFolder, 0o755);
  const [port, gatewayPort, workerPort] = [await freePort(), await freePort(), await freePort()];
  const feastPort = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const child = spawn(process.execPath, ["server/main.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DATA_DIR: dataFolder,
      PORT: String(port),
      GATEWAY_PORT: String(gatewayPort),
      WORKER_PORT: String(workerPort),
      FEAST_PORT: String(feastPort),
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      // Receivers of webhooks run on this machine.
      WEBHOOK_PRIVATE_ADDRESSES: "true",
      // The MLflow server that is the source of imports runs on this machine too.
      IMPORT_PRIVATE_ADDRESSES: "true",
      // Engines run on this machine too.
      ENGINE_PRIVATE_ADDRESSES: "true",
      // Training jobs run on this machine too.
      LOCAL_TRAINING: "true",
      ...extra,
    },
  });
  mkdirSync(".cache/results", { recursive: true });
  const log = createWriteStream(".cache/results/stack.log", { flags: "a" });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    log.write(chunk);
  });
  child.stderr.pipe(log);
  const stop = async (): Promise<void> => {
    const gone = new Promise((done) => child.once("exit", done));
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
    await rm(dataFolder, { recursive: true, force: true });
  };
  try {
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`Leeway ended with ${child.exitCode}:\n${output.slice(-2000)}`);
      const ready = await Promise.all([`${url}/health/ready`, `${gatewayUrl}/health/ready`].map(isOk));
      return ready.every(Boolean) && output.includes("Leeway is running.");
    }, 600_000);
  } catch (error) {
    await stop();
    throw error;
  }
  const secrets = await readFile(join(dataFolder, "first-sign-in.env"), "utf8");
  const token = /^MLFLOW_TRACKING_TOKEN=(\S+)$/m.exec(secrets)?.[1] ?? "";
  return {
    url,
    gatewayUrl,
    workerUrl: `http://127.0.0.1:${workerPort}`,
    dataFolder,
    process: child,
    environment: {
      LEEWAY_URL: url,
      LEEWAY_GATEWAY_URL: gatewayUrl,
      LEEWAY_FEAST_PORT: String(feastPort),
      LEEWAY_TOKEN: token,
      LEEWAY_EMAIL: admin.email,
      LEEWAY_PASSWORD: admin.password,
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Polls until the condition is true. @throws when it stays false for `limitMs`. */
export async function waitFor(isTrue: () => Promise<boolean>, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Not ready after ${limitMs / 1000} s.`);
    await pause(250);
  }
}
