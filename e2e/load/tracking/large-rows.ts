import { openDatabase } from "#db/client.ts";
import { memberships } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { atMost, type Row } from "../report.ts";
import { openClient, quantile, timed } from "./client.ts";
import { fillLargeWorkspace, type LargeWorkspace, largeMetrics } from "./large-workspace.ts";
import type { LeewayServer } from "./leeway-server.ts";
import { signIn } from "./session.ts";

/** Measures the pages of runs and of their comparison as a browser loads them, in a workspace of 100,000 runs and 10 million points. */
export async function measureLargeWorkspace(
  { stack, databaseUrl }: LeewayServer,
  runs = 100_000,
  points = 10_000_000,
): Promise<Row[]> {
  const { experimentId, longRuns } = await fillFirstWorkspace(databaseUrl, runs, points);
  const { LEEWAY_EMAIL: email = "", LEEWAY_PASSWORD: password = "" } = stack.environment;
  const browser = openClient(stack.url, { cookie: await signIn(stack.url, email, password), accept: "text/html" });
  const pageMsP95 = async (paths: string[]) => {
    for (const path of paths) await browser.send("GET", path);
    return quantile(await timed(40, (index) => browser.send("GET", paths[index % paths.length] as string)), 0.95);
  };
  const table = `/experiments/${experimentId}`;
  const filter = encodeURIComponent("metrics.`val/loss` < 0.04 AND params.optimizer = 'adam'");
  const runsPage = await pageMsP95([table, `${table}?page=2`, `${table}?q=${filter}`]);
  const compared = longRuns.slice(0, 10).join(",");
  const compare = await pageMsP95([
    `/experiments/compare?runs=${compared}&metric=${encodeURIComponent(largeMetrics[0])}`,
  ]);
  browser.close();
  return [
    atMost(150, { name: "runs-page-100k-p95", unit: "ms", leeway: runsPage }),
    atMost(300, { name: "compare-10x5-p95", unit: "ms", leeway: compare }),
  ];
}

/** Fills the workspace that the first start created. */
export async function fillFirstWorkspace(databaseUrl: string, runs: number, points: number): Promise<LargeWorkspace> {
  const { db, close } = openDatabase(databaseUrl, { max: 1, name: "leeway-load" });
  try {
    const [admin] = await db.select().from(memberships).limit(1);
    if (!admin) throw new Error("Leeway has not made a workspace.");
    return await fillLargeWorkspace(systemContext(db, admin.workspaceId, "load"), runs, points);
  } finally {
    await close();
  }
}
