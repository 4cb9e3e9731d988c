import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { settleFindings } from "#server/watch/monitoring/findings/settle-findings.ts";
import { setOnFire } from "../../../testing/fixtures/triage/testing.ts";
import { listQueue } from "../queue/queries.ts";
import { getTriage } from "../triage-queries.ts";

test(
  "explains a page by monitoring findings around the rise, nearest first, without paging for drift",
  inWorkspace(async (ctx) => {
    const { endpointId, rise } = await setOnFire(ctx, { name: "flights" });
    const finding = { key: "x", kind: "drift", severity: "page" as const };
    const settle = (watcher: "drift" | "integrity", now: number, words: string) =>
      settleFindings(ctx, { endpointId, watcher, now, findings: [{ ...finding, words }] }, notifyAfterChange);
    await settle("drift", rise - 3 * hourMs, "`distance` changed.");
    await settle("integrity", rise - 5 * 60_000, "`distance` is 1.609 times its previous value.");
    const { rows } = await listQueue(ctx);
    const page = rows.find(({ severity, burn }) => severity === "page" && burn !== null);
    const { findings } = await getTriage(ctx, { groupId: page?.groupId ?? "" });
    expect(findings.map(({ watcher, severity }) => [watcher, severity])).toEqual([
      ["integrity", "page"],
      ["drift", "ticket"],
    ]);
  }),
);
