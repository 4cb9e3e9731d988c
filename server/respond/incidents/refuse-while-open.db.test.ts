import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { incidents } from "#db/schema/index.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newIncident } from "../../testing/fixtures/incidents/testing.ts";
import { refuseWhileOpen } from "./refuse-while-open.ts";

test(
  "rejects a new version while an incident of its endpoint is open, and neither repairs nor other endpoints",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    await refuseWhileOpen(ctx, { endpointId });
    const { id, number } = await newIncident(ctx, { endpointId });
    await expect(refuseWhileOpen(ctx, { endpointId })).rejects.toMatchObject({
      code: "conflict",
      field: "purpose",
      message: expect.stringContaining(`INC-${number} is open: `),
    });
    await refuseWhileOpen(ctx, { endpointId, purpose: "fix" });
    await refuseWhileOpen(ctx, { endpointId, purpose: "rollback" });
    await refuseWhileOpen(ctx, { endpointId: other });
    await ctx.db.update(incidents).set({ state: "resolved" }).where(eq(incidents.id, id));
    await refuseWhileOpen(ctx, { endpointId });
  }),
);
