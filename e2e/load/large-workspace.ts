/**
 * `node e2e/load/large-workspace.ts`: starts a Leeway whose workspace has 100,000 runs and 10 million metric points, prints its address
 * and how to sign in, and serves until Ctrl+C. `--runs` and `--points` reduce the size.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { fillFirstWorkspace } from "./tracking/large-rows.ts";
import { startLeeway } from "./tracking/leeway-server.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100000" }, points: { type: "string", default: "10000000" } },
});
const server = await startLeeway();
try {
  const startedAt = Date.now();
  const { experimentId } = await fillFirstWorkspace(server.databaseUrl, Number(values.runs), Number(values.points));
  const { LEEWAY_EMAIL: email, LEEWAY_PASSWORD: password } = server.stack.environment;
  console.log(
    `Filled in ${Math.round((Date.now() - startedAt) / 1000)} s: ${server.stack.url}/experiments/${experimentId}`,
  );
  console.log(`Sign in as ${email} with ${password}. Ctrl+C ends it.`);
  await once(process, "SIGINT");
} finally {
  await server.stop();
}
