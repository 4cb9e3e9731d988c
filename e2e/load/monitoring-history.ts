/**
 * Fills the first workspace of a database with a month of an endpoint "flight-delay":
 * `DATABASE_URL=… node e2e/load/monitoring-history.ts --predictions 1000000`.
 * Leeway must have started on the database before; the model's file is written to ARTIFACT_DIR.
 */
import { parseArgs } from "node:util";
import { openDatabase } from "#db/client.ts";
import { memberships } from "#db/schema/index.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { systemContext } from "#server/base/context.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { deploy } from "./gateway-fixture.ts";
import { flightModel } from "./monitoring/flight-rows.ts";
import { loadHistory } from "./monitoring/history.ts";

const { values } = parseArgs({
  options: {
    predictions: { type: "string", default: "1000000" },
    days: { type: "string", default: "30" },
    name: { type: "string", default: "flight-delay" },
    logged: { type: "string", default: "0.005" },
  },
});
const { databaseUrl, artifacts } = readConfig(process.env);
if (!databaseUrl || artifacts.kind !== "folder") throw new Error("Set DATABASE_URL, and leave ARTIFACT_URL out.");
const { db, close } = openDatabase(databaseUrl, { max: 2, name: "leeway-load" });
const [admin] = await db.select().from(memberships).limit(1);
if (!admin) throw new Error("There is no workspace: start Leeway on this database once.");
const ctx = systemContext(db, admin.workspaceId, "load");
const { name } = values;
const { width, signature, pipeline } = flightModel();
await deploy(ctx, artifacts.path, { name, model: mlpModel([width, 8, 2]), signature, pipeline, captureShare: 0.01 });
const options = {
  days: Number(values.days),
  predictions: Number(values.predictions),
  loggedShare: Number(values.logged),
};
console.log(await loadHistory(ctx, { name, ...options, now: Date.now() }));
await close();
