/** A process for the crash test: collects the files of a workspace, and stands still at a step, to be killed there. */
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { collectArtifacts } from "../../../admin/collection/collect-artifacts.ts";
import { openLocalStore } from "../../../platform/artifacts/local-store.ts";

const [databaseUrl = "", folder = "", workspaceId = "", lastStep = "", count = "1"] = process.argv.slice(2);
const { db } = openDatabase(databaseUrl, { max: 2, name: "leeway-test-collector" });
let left = Number(count);

await collectArtifacts(systemContext(db, workspaceId, "test"), await openLocalStore(folder), (step) => {
  if (step !== lastStep || --left > 0) return;
  process.stdout.write("standing\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
process.exit(0);
