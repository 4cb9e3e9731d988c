"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { RanVersion, RunRequest } from "#components/playground/run.ts";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";

/** Runs one or two versions on the same inputs. One that fails says why and does not take the other along. */
export async function runAction({ versions, provider, inputs }: RunRequest) {
  return act((ctx) =>
    Promise.all(
      versions.slice(0, 2).map(async ({ versionId, version, outputs }): Promise<RanVersion> => {
        const ran = await run(ctx, { versionId, inputs, outputs, providers: provider ? [provider] : [] });
        return { version, ...ran };
      }),
    ),
  );
}

async function run(ctx: Context, input: Parameters<ReturnType<typeof runtime>["models"]["run"]>[1]) {
  try {
    return { answer: await runtime().models.run(ctx, input) };
  } catch (error) {
    if (error instanceof DomainError && error.code !== "forbidden") return { problem: error.message };
    throw error;
  }
}
