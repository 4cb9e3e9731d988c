import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { Database } from "#db/client.ts";
import type { Context } from "#server/base/context.ts";
import type { ChangeMessage } from "#server/platform/events/listen.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import type { Scope } from "#server/platform/permissions/permissions/permission.ts";
import { openFeatureStates } from "#server/watch/monitoring/collect/open-feature-states.ts";
import type { ExecutionProvider } from "../../../../develop/registry/execution/contract.ts";
import type { PricingOptions } from "../../../../serve/capture/pricing.ts";
import type { EngineRules } from "../../../../serve/engines/contract.ts";
import { GatewayCore } from "../../../../serve/router/gateway-core.ts";
import type { Tracing } from "../../../../serve/tracing/tracing.ts";
import { type ModelFolder, newModelFolder } from "../testing.ts";

export interface TestGateway {
  core: GatewayCore;
  registry: Registry;
  folder: string;
  /** Model files, as the artifact store has them. */
  models: ModelFolder;
  /** What Postgres would tell. */
  tell(heard: ChangeMessage): void;
  /** Stops it and removes its folders. */
  close(): Promise<void>;
}

interface Options {
  /** Folders of a gateway before it. */
  folder?: string;
  models?: ModelFolder;
  providers?: ExecutionProvider[];
  workers?: number;
  engineRules?: EngineRules;
  modelMemoryBytes?: number;
  pricing?: PricingOptions;
  tracing?: Tracing;
}

/** A gateway without HTTP on a database of the test. Its caller starts it. */
export function newTestGateway(db: Database, options: Options = {}): TestGateway {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "leeway-gateway-"));
  const models = options.models ?? newModelFolder();
  const registry = new Registry();
  const listeners = new Set<(heard: ChangeMessage) => void>();
  const core = new GatewayCore({
    db,
    artifacts: models,
    registry,
    folder,
    address: "127.0.0.1:8080",
    flushSeconds: 3600,
    threads: 1,
    hasTritonMetrics: true,
    openFeatureStates,
    providers: options.providers ?? ["cpu"],
    workers: options.workers ?? 1,
    engineRules: options.engineRules ?? { allowsPrivate: true },
    pricing: options.pricing ?? { coreHour: undefined, gpuHour: undefined, machineKind: "" },
    modelMemoryBytes: options.modelMemoryBytes ?? Number.POSITIVE_INFINITY,
    tracing: options.tracing,
    feed: {
      subscribe: (hear) => {
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
    },
  });
  return {
    core,
    registry,
    folder,
    models,
    tell: (heard) => {
      for (const hear of listeners) hear(heard);
    },
    close: async () => {
      await core.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(models.path, { recursive: true, force: true });
    },
  };
}

/** A secret for the person of a test context. */
export async function newToken(ctx: Context, scopes: Scope[] = ["infer"]): Promise<string> {
  const { secret } = await createTokenFor(ctx, ctx.actor.id, { name: "test", scopes });
  return secret;
}
