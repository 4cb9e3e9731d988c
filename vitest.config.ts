import { defineConfig } from "vitest/config";

// Vitest takes the Node that starts it. Without this, an older one fails later with a riddle.
if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(
    `Tests require Node 24, but this is ${process.versions.node}. Run "npx vitest" or "npm run check:unit", which use the bundled version.`,
  );
}

const demo = "e2e/start/demo.e2e.ts";
const rollouts = "e2e/start/rollouts.e2e.ts";
const exclude = ["node_modules/**", ".next/**", "e2e/**"];
/** Files share a process, which imports the product once; what a test puts in place of something else goes after it. */
const together = {
  env: { ORT_DISABLE_TELEMETRY: "1" },
  isolate: false,
  unstubGlobals: true,
  unstubEnvs: true,
  restoreMocks: true,
};
/** On two cores beside the journeys, or where memory is slow, a test takes ten times as long. It waits and does not fail. */
const patient = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 120_000 } } };

export default defineConfig({
  test: {
    // Each worker owns a database cloned from a migrated template (db/testing.ts).
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...exclude, "**/*.db.test.ts"],
          ...together,
          ...patient,
          setupFiles: "./server/testing/wait-patiently.ts",
        },
      },
      {
        test: {
          name: "integration",
          include: ["**/*.db.test.ts"],
          exclude,
          ...together,
          globalSetup: "./server/testing/testing-setup.ts",
          setupFiles: [
            "./server/testing/use-master-key.ts",
            "./server/testing/wait-patiently.ts",
            "./server/testing/fail-on-lock-order.ts",
          ],
          ...patient,
        },
      },
      // Against a server of buckets that e2e/clients/test_bucket.py starts.
      {
        test: {
          name: "bucket",
          include: ["e2e/bucket/*.e2e.ts"],
          ...patient,
        },
      },
      // The program started as its users start it; slow, so in `npm test` only.
      {
        test: {
          name: "start",
          include: ["e2e/start/*.e2e.ts"],
          exclude: [demo, rollouts],
          fileParallelism: false,
          ...patient,
        },
      },
      // It measures seconds, so nothing that needs the processor runs beside it.
      {
        test: {
          name: "rollouts",
          include: [rollouts],
          ...patient,
        },
      },
      // The demo as its users start it: beside something else, since it takes minutes and little of the machine.
      {
        test: {
          name: "demo",
          include: [demo],
          ...patient,
        },
      },
    ],
  },
});
