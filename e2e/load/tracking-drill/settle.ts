import { setTimeout as pause } from "node:timers/promises";
import { send } from "#server/roles/demo/client.ts";
import { isExported } from "./exports.ts";
import type { DrillFixture } from "./fixture.ts";

const limitMs = 300_000;

/** Ends the runs, and runs the jobs of the worker as their schedule would, until nothing is left of what was to be purged, or too long. */
export async function settle(fixture: DrillFixture): Promise<void> {
  const { observer, target } = fixture;
  await fixture.untilWorker();
  // An import reports each run that still runs.
  for (const { id } of fixture.ledger.runs.filter(isExported)) {
    await send(target, "POST", `${target.url}/api/2.0/mlflow/runs/update`, { run_id: id, status: "FINISHED" });
  }
  const count = async (query: string) => (await observer.query(query)).rowCount ?? 0;
  const left = () => count("select 1 from purges where finished_at is null");
  const folders = () =>
    count(
      "select 1 from artifact_releases where held_by is null and (removing_at is not null or remove_after < now())",
    );
  for (const until = Date.now() + limitMs; Date.now() < until; await pause(5_000)) {
    if ((await left()) === 0 && (await folders()) === 0) break;
    await fixture.enqueue("purge-trash");
    await fixture.enqueue("collect-artifacts");
  }
  for (const kind of ["pack-metrics", "shrink-metrics"] as const) await fixture.enqueue(kind);
  // The daily search lists what has no owner, to remove it a week later: the drill finds it there.
  await send(target, "POST", `${target.url}/api/v1/artifacts/collections`, { action: "look" });
  await pause(5_000);
}
