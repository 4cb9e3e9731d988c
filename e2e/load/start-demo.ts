import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db/free-port.ts";

interface RunningDemo extends AsyncDisposable {
  /** Address of the console. */
  url: string;
  /** Holds `demo-token` once the demo has one. */
  folder: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Resolves once the demo is live. @throws Error if it ends before */
  live: Promise<void>;
}

/** Starts the demo in an empty folder, on ports of its own. Stops it and removes the folder when disposed. */
export async function startDemo(): Promise<RunningDemo> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-demo-"));
  const [port, gatewayPort, workerPort, feastPort] = await Promise.all(Array.from({ length: 4 }, freePort));
  const argv = ["--folder", folder, "--port", `${port}`, "--gateway-port", `${gatewayPort}`];
  const startedAt = Date.now();
  const demo = spawn(process.execPath, ["server/roles/demo/main.ts", ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production", WORKER_PORT: `${workerPort}`, FEAST_PORT: `${feastPort}` },
  });
  const ended = once(demo, "exit");
  const live = new Promise<void>((resolve, reject) => {
    let output = "";
    demo.stdout.on("data", (chunk: Buffer) => {
      // The end of one chunk may be the first half of the words.
      output = output.slice(-100) + chunk.toString();
      if (output.includes("The demo is live")) resolve();
    });
    void ended.then(() => reject(new Error("The demo ended before it was live.")));
  });
  // Whoever only looks on by REST does not wait for it.
  live.catch(() => {});
  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    startedAt,
    live,
    async [Symbol.asyncDispose]() {
      demo.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
