import { openDatabase } from "#db/client.ts";
import { memberships } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { atMost, type Row } from "./report.ts";
import { fillSearchWorkspace } from "./search/fill-search-workspace.ts";
import { idSearches, searches } from "./search/searches.ts";
import { openClient, quantile, timed } from "./tracking/client.ts";
import { startLeeway } from "./tracking/leeway-server.ts";
import { signIn } from "./tracking/session.ts";

const size = { runs: 100_000, endpoints: 300, models: 2_000, experiments: 200 };

/** Number of times that each search is sent. */
const rounds = 3;

/** Searches a workspace of 100,000 runs, 300 endpoints and 2,000 models as the palette does, one search after the other. */
export async function run(): Promise<Row[]> {
  const { stack, databaseUrl, stop } = await startLeeway();
  try {
    await fill(databaseUrl);
    const { LEEWAY_EMAIL: email = "", LEEWAY_PASSWORD: password = "" } = stack.environment;
    const browser = openClient(stack.url, { cookie: await signIn(stack.url, email, password) });
    const search = (query: Record<string, string>) =>
      browser.send("GET", `/api/v1/search?${new URLSearchParams(query)}`);
    const measured = new Map<string, number[]>();
    const measureAll = async (name: string, queries: Record<string, string>[]) => {
      for (const query of queries) await search(query);
      const count = queries.length * rounds;
      measured.set(name, await timed(count, (index) => search(queries[index % queries.length] ?? {})));
    };
    for (const [name, words] of Object.entries(searches)) {
      await measureAll(
        name,
        words.map((q) => ({ q })),
      );
    }
    await measureAll(
      "ID after #",
      idSearches.map((q) => ({ q, by: "ids" })),
    );
    await measureAll(
      "runs and models only",
      ["a", "card", "unicorn"].map((q) => ({ q, kinds: "model,version,experiment,run,evaluation", limit: "30" })),
    );
    browser.close();
    const all = [...measured.values()].flat();
    return [
      ...Array.from(measured, ([name, ms]) => {
        return atMost(300, { name: `${name}, p95`, unit: "ms", leeway: quantile(ms, 0.95) });
      }),
      atMost(100, { name: "all searches, p95", unit: "ms", leeway: quantile(all, 0.95) }),
      atMost(300, { name: "slowest search", unit: "ms", leeway: Math.max(...all) }),
    ];
  } finally {
    await stop();
  }
}

/** Fills the workspace that the first start created. */
async function fill(databaseUrl: string): Promise<void> {
  const { db, close } = openDatabase(databaseUrl, { max: 1, name: "leeway-load" });
  try {
    const [admin] = await db.select().from(memberships).limit(1);
    if (!admin) throw new Error("Leeway has not created a workspace.");
    await fillSearchWorkspace(systemContext(db, admin.workspaceId, "load"), size);
  } finally {
    await close();
  }
}
