import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "#db/free-port.ts";
import { StartError } from "#db/start-error.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { requirePorts } from "./ports.ts";
import { roleNames } from "./role.ts";

async function configWith(env: Record<string, string> = {}) {
  const [port, gatewayPort, workerPort] = [await freePort(), await freePort(), await freePort()];
  const FEAST_PORT = String(await freePort());
  return readConfig({
    FEAST_PORT,
    PORT: String(port),
    GATEWAY_PORT: String(gatewayPort),
    WORKER_PORT: String(workerPort),
    ...env,
  });
}

async function occupied(): Promise<{ port: string; free(): void }> {
  const server = createServer();
  const listening = new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  await listening;
  onTestFinished(() => void server.close());
  return { port: String((server.address() as { port: number }).port), free: () => server.close() };
}

test("accepts free ports", async () => {
  await expect(requirePorts(roleNames, await configWith(), 0)).resolves.toBeUndefined();
});

test.each(["PORT", "GATEWAY_PORT", "WORKER_PORT", "FEAST_PORT"])(
  "rejects a port that is in use by the name of %s",
  async (variable) => {
    const { port } = await occupied();
    const refused = requirePorts(roleNames, await configWith({ [variable]: port }), 0);
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(`${variable}: port ${port} is already in use`);
  },
);

test("rejects an address of another machine by the name of HOST", async () => {
  await expect(requirePorts(roleNames, await configWith({ HOST: "192.0.2.1" }), 0)).rejects.toThrow("HOST: 192.0.2.1");
});

test("waits for a port that becomes free", async () => {
  const { port, free } = await occupied();
  const waiting = requirePorts(roleNames, await configWith({ PORT: port }), 5_000);
  free();
  await expect(waiting).resolves.toBeUndefined();
});
