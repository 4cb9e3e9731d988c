import { expect, test } from "vitest";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { getEndpoint } from "../endpoints/endpoint-queries.ts";
import { readRoutes } from "../router/routes.ts";
import { getCapture } from "./capture-queries.ts";
import { CaptureSettings } from "./contract.ts";
import { setCapture } from "./set-capture.ts";

const settings = CaptureSettings.parse({ share: 0.25, redact: ["x"], lowConfidence: { below: 0.6 }, retentionDays: 7 });

test(
  "stores settings, applies them in gateways, and audits them",
  inWorkspace(async (ctx) => {
    await newVersion(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
    expect(await getCapture(ctx, { endpointId })).toEqual(CaptureSettings.parse({ share: 0.1 }));
    await setCapture(ctx, { endpointId, capture: settings });
    expect(await getCapture(ctx, { endpointId })).toEqual(settings);
    expect((await getEndpoint(ctx, { name: "digits" })).captureShare).toBe(0.25);
    const route = (await readRoutes(ctx.db)).find((one) => one.endpointId === endpointId);
    const { share, ...rules } = settings;
    expect(route).toMatchObject({ captureShare: share, capture: rules });
    const [entry] = (await readAuditLog(ctx, { limit: 1 })).events;
    expect(entry).toMatchObject({ action: "endpoint.capture-set", subject: "endpoint/digits" });
  }),
);

test(
  "forbids members to change it, and rejects an archived endpoint",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const input = { endpointId, capture: settings };
    await expect(setCapture(as(ctx, "member"), input)).rejects.toMatchObject({ code: "forbidden" });
    await archiveEndpoint(ctx, { endpointId });
    await expect(setCapture(ctx, input)).rejects.toMatchObject({ code: "conflict" });
  }),
);
