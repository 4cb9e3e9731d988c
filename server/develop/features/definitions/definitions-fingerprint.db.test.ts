import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureEntity } from "./define-feature-entity.ts";
import { defineFeatureService } from "./define-feature-service.ts";
import { defineFeatureView } from "./define-feature-view.ts";
import { defineViewSource } from "./define-view-source.ts";
import { definitionsFingerprint } from "./definitions-fingerprint.ts";
import { deleteFeatureService } from "./delete-feature-service.ts";
import { deleteFeatureView } from "./delete-feature-view.ts";

const fingerprint = ({ db, actor }: Context) => definitionsFingerprint(db, actor.workspaceId);

test(
  "is another one after every change of a definition, and only then",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    const seen = [await fingerprint(ctx)];
    const service = { name: "driver_svc", projections: [{ view: "driver_stats", features: ["conv_rate"] }] };
    const changes = [
      () => defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64", owner: "a" }),
      () => defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64", owner: "b" }),
      () => defineViewSource(ctx, { name: "driver_push", kind: "push", createdTimeColumn: "created", owner: "a" }),
      () => defineFeatureService(ctx, service),
      () => defineFeatureView(ctx, { ...viewInput, ttlUs: 1 }),
      () => defineFeatureView(ctx, { ...viewInput, ttlUs: 2 }),
      () => defineFeatureView(ctx, { ...viewInput, features: [...viewInput.features, { name: "x", type: "bool" }] }),
      () => deleteFeatureService(ctx, { name: "driver_svc" }),
      () => deleteFeatureView(ctx, { name: "driver_stats" }),
    ];
    const viewInput = {
      name: "driver_stats",
      entities: ["driver"],
      source: "driver_push",
      features: view.current.features.map(({ name, type }) => ({ name, type })),
    };
    for (const change of changes) {
      await change();
      seen.push(await fingerprint(ctx));
    }
    expect(new Set(seen).size).toBe(changes.length + 1);
    expect(await fingerprint(ctx)).toBe(seen.at(-1));
    await newDriverStats(await newWorkspace(ctx.db));
    expect(await fingerprint(ctx)).toBe(seen.at(-1));
  }),
);
