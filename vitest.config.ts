import { defineConfig } from "vitest/config";

const exclude = ["node_modules/**", ".next/**", "e2e/**"];

export default defineConfig({
  test: {
    // Each worker owns a database cloned from a migrated template (db/testing.ts).
    projects: [
      { test: { name: "unit", include: ["**/*.test.ts", "**/*.test.tsx"], exclude: [...exclude, "**/*.db.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["**/*.db.test.ts"],
          exclude,
          globalSetup: "./server/testing-setup.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // The program started as its users start it; slow, so in `npm test` only.
      {
        test: {
          name: "start",
          include: ["e2e/start/*.e2e.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
