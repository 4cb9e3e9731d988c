import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { plainStarter } from "#server/base/confinement/confined-processes.ts";
import { openChannel } from "./worker-channel.ts";
import type { WorkerSettings } from "./worker-messages.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-channel-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(folder, "worker.mjs");
writeFileSync(
  script,
  `import { parentPort } from "node:worker_threads";
  const send = (message) => parentPort ? parentPort.postMessage(message) : process.send(message, () => process.disconnect());
  send({ ...process.env });`,
);

test.each(["thread", "process"] as const)("starts a %s without the settings and secrets of Leeway", async (kind) => {
  vi.stubEnv("DATABASE_URL", "postgres://leeway:secret@127.0.0.1/leeway");
  vi.stubEnv("ANY_SECRET", "secret");
  vi.stubEnv("CUDA_VISIBLE_DEVICES", "0");
  const seen = await new Promise<unknown>((resolve, reject) => {
    openChannel(
      kind,
      pathToFileURL(script),
      { path: "" } as WorkerSettings,
      plainStarter({ folder, usesGpu: false }),
    ).listen({
      message: resolve,
      failed: reject,
      ended: () => reject(new Error("It ended.")),
    });
  });
  expect(seen).toMatchObject({ PATH: process.env.PATH, CUDA_VISIBLE_DEVICES: "0" });
  expect(seen).not.toHaveProperty("DATABASE_URL");
  expect(seen).not.toHaveProperty("ANY_SECRET");
});
