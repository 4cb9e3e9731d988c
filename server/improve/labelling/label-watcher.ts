import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { projectsToRecord, recordSettledLabels } from "./flows/record-settled-labels.ts";
import { fillProject } from "./sources/fill-project.ts";

interface LabelWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  artifacts: Pick<ArtifactStore, "put">;
}

interface FilledProject extends Record<string, unknown> {
  projectId: number;
  workspaceId: string;
}

/** Writes settled labels to the prediction log some seconds after they are settled, and adds tasks from it to active projects every minute. */
export function labelWatcher({ db, feed, artifacts }: LabelWatcherDependencies): Watcher {
  let filledAt = 0;
  return new Watcher({
    name: "labels",
    db,
    everyMs: 10_000,
    startsInBackground: true,
    wake: { feed, when: (change: Exclude<ChangeMessage, "missed">) => change.topic === "labels" },
    run: async (round) => {
      await recordAll(round);
      const now = round.now();
      // By the amount, so that a clock that was set back does not stop it.
      if (Math.abs(now - filledAt) < minuteMs || round.isStopping()) return;
      filledAt = now;
      await fillAll(round, artifacts);
    },
  });
}

async function recordAll({ db, attempt, isStopping }: Round): Promise<void> {
  for (const { projectId, workspaceId } of await projectsToRecord({ db })) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "labels");
    await attempt({ id: `record ${projectId}`, workspaceId }, () => recordSettledLabels(ctx, projectId));
  }
}

async function fillAll({ db, attempt, isStopping, now }: Round, artifacts: Pick<ArtifactStore, "put">): Promise<void> {
  const { rows } = await db.execute<FilledProject>(sql`
    select id::float8 as "projectId", workspace_id as "workspaceId" from label_projects
    where state = 'active' and endpoint_id is not null order by id`);
  for (const { projectId, workspaceId } of rows) {
    if (isStopping()) return;
    const ctx = systemContext(db, workspaceId, "labels");
    await attempt({ id: `fill ${projectId}`, workspaceId }, () =>
      fillProject(ctx, projectId, { artifacts, now: now() }),
    );
  }
}
