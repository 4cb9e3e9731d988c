import { utimes } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { launch, newEnvironment, soon } from "./leeway.ts";

const health = async (port: string | undefined) =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

test("restarts only the role that loads a changed file with npm run dev", async () => {
  const env = await newEnvironment();
  const leeway = launch({ ...env, GATEWAY_PROCESSES: "1" }, "dev");
  await leeway.running();
  const before = leeway.output().length;
  const since = () => leeway.output().slice(before);
  await vi.waitFor(
    async () => {
      // Watching starts just after the greeting; a file that is saved again is a change again.
      await utimes("server/roles/gateway.ts", new Date(), new Date());
      expect(since()).toContain("Changed: server/roles/gateway.ts. Restarting: gateway.");
    },
    { ...soon, interval: 1_000 },
  );
  await vi.waitFor(async () => {
    expect(since()).toContain('"msg":"gateway.started"');
    expect(await health(env.GATEWAY_PORT)).toBe(true);
  }, soon);
  expect(since()).not.toContain('"role":"worker","reason"');
  expect(since()).not.toContain('"role":"web","reason"');
});
