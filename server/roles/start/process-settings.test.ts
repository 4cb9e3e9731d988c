import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isDebugged, settingsOf } from "./process-settings.ts";
import { roleNames } from "./role.ts";

test.each(roleNames)("passes options of the role %s that Node accepts", (role) => {
  const { options, env } = settingsOf(role, process.env);
  const { status, stderr } = spawnSync(process.execPath, [...options, "--eval", ""], { env });
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
});

test("allows the web role the same heap limit as without options", () => {
  const limitOf = (options: readonly string[]) => {
    const print = 'console.log(require("node:v8").getHeapStatistics().heap_size_limit)';
    return Number(spawnSync(process.execPath, [...options, "--eval", print], { env: process.env }).stdout);
  };
  // The limit counts the young generation too, which is what is smaller.
  expect(limitOf(settingsOf("web", process.env).options)).toBeGreaterThan(0.9 * limitOf([]));
});

test("keeps what the operator has set, and passes on all other variables", () => {
  const { env } = settingsOf("web", { NODE_ENV: "production", MALLOC_TRIM_THRESHOLD_: "1", PORT: "3000" });
  expect(env).toMatchObject({ MALLOC_TRIM_THRESHOLD_: "1", PORT: "3000" });
});

test("recognizes a role that is debugged", () => {
  const env = { NODE_ENV: "production" } as const;
  expect(isDebugged({ ...env, NODE_OPTIONS: "--enable-source-maps --inspect-brk=0" })).toBe(true);
  expect(isDebugged({ ...env, NODE_OPTIONS: "--enable-source-maps" })).toBe(false);
  expect(isDebugged(env)).toBe(false);
});
