import { spawnSync } from "node:child_process";
import { startStack } from "./suite/stack.ts";

await using stack = await startStack();
console.log(stack.url, stack.dataFolder);
const result = spawnSync("playwright", ["test", "--config", "e2e/browser/zz.config.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: {
    ...process.env,
    ...stack.environment,
    CHROMIUM_PATH: "/usr/bin/chromium",
    PLAYWRIGHT_JSON_OUTPUT_NAME: "/tmp/zz-result.json",
  },
});
process.exitCode = result.status ?? 1;
