import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents } from "#db/schema/index.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getViewer } from "../queries.ts";
import { setWorkspaceTimeZone } from "./set-workspace-time-zone.ts";
import { workspaceTimeZone } from "./time-zone.ts";

test(
  "uses UTC until another time zone is set, for this workspace only",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    expect(await workspaceTimeZone(ctx)).toBe("UTC");
    await setWorkspaceTimeZone(ctx, { timeZone: "Europe/Lisbon" });
    await setWorkspaceTimeZone(ctx, { timeZone: "Europe/Lisbon" });
    expect([await workspaceTimeZone(ctx), await workspaceTimeZone(other)]).toEqual(["Europe/Lisbon", "UTC"]);
    const { workspace } = await getViewer(ctx);
    expect(workspace.timeZone).toBe("Europe/Lisbon");
    const entries = ctx.db.select().from(auditEvents).where(eq(auditEvents.workspaceId, workspace.id));
    expect(await entries).toMatchObject([
      { action: "workspace.time-zone-set", before: { timeZone: "UTC" }, after: { timeZone: "Europe/Lisbon" } },
    ]);
  }),
);

test(
  "rejects unknown time zones and fixed offsets, and forbids operators to set one",
  inWorkspace(async (ctx) => {
    for (const timeZone of ["Europe/Atlantis", "+02:00", ""])
      await expect(setWorkspaceTimeZone(ctx, { timeZone })).rejects.toThrow("Unknown time zone");
    const requested = setWorkspaceTimeZone(as(ctx, "operator"), { timeZone: "UTC" });
    await expect(requested).rejects.toMatchObject({ code: "forbidden" });
  }),
);
