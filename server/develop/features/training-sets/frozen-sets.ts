import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { requireScope } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion } from "../../datasets/lookups.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { microseconds } from "../offline/join/column-expressions.ts";
import { spineKeyNames, spineTable } from "../offline/join/join-statements.ts";
import { type PlannedJoin, planJoin } from "../offline/join/plan-join.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import type { TrainingSetRequest } from "./contract.ts";
import { loadSpine } from "./load-spine.ts";

type FrozenSet = TrainingSetRequest["frozenSets"][number];

/**
 * Requires that the caller may read frozen sets: how many rows they share with others tells what is in them.
 * @throws DomainError "not-found" for one whose rows Leeway does not have; "forbidden"
 */
export async function requireFrozenSets(ctx: Context, frozenSets: readonly FrozenSet[]): Promise<void> {
  if (frozenSets.length > 0) requireScope(ctx, "tracking:read");
  for (const { dataset, digest } of frozenSets) await findUploadedVersion(ctx, { name: dataset, digest });
}

/** Where frozen sets are read. */
export interface FrozenPlace {
  folder: string;
  artifacts: ArtifactStore;
  signal?: AbortSignal | undefined;
}

/**
 * Counts the rows of a training set that are in a frozen set too: those with the same join keys and the same time.
 * @throws JoinRefused for a frozen set without these columns; DomainError "not-found"
 */
export async function rowsInFrozenSet(
  ctx: Context,
  engine: OfflineEngine,
  plan: PlannedJoin,
  { dataset, digest }: FrozenSet,
  place: FrozenPlace,
): Promise<number> {
  const version = await findUploadedVersion(ctx, { name: dataset, digest });
  const [loaded, keys] = ["frozen_rows", "frozen_keys"];
  const { columns } = await loadSpine(engine, version, { ...place, table: loaded });
  const frozen = planFrozen(plan, columns, `${dataset} ${digest}`);
  const selected = [...frozen].map(([name, expression]) => `${expression} AS ${name}`).join(", ");
  await engine.run(`CREATE OR REPLACE TABLE ${keys} AS SELECT DISTINCT ${selected} FROM ${loaded} AS spine`);
  await engine.run(`DROP TABLE ${loaded}`);
  const equal = [...frozen.keys()].map((name) => `frozen.${name} = row_of.${name}`).join(" AND ");
  const [[found] = []] = await engine.rows(
    `SELECT count(*) FROM ${spineTable} AS row_of WHERE EXISTS (SELECT 1 FROM ${keys} AS frozen WHERE ${equal})`,
  );
  return Number((found as EngineCell | undefined) ?? 0);
}

/** Returns the expressions of a frozen set's join keys and time, by their names in the table of the spine. */
function planFrozen(
  plan: PlannedJoin,
  columns: Parameters<typeof planJoin>[0],
  name: string,
): ReadonlyMap<string, string> {
  const names = spineKeyNames(plan);
  if (names.size === 0) {
    throw new JoinRefused("missing-key", "Rows of views without join keys cannot be compared with a frozen set.");
  }
  const found = new Map<string, string>();
  try {
    const views = plan.views.map(({ view }) => view);
    const frozen = planJoin(columns, views, [], { fullNames: true, foldsCase: false });
    for (const [at, { keys }] of plan.views.entries()) {
      for (const [index, { spine }] of keys.entries()) {
        const own = frozen.views[at]?.keys[index]?.spine;
        if (own !== undefined) found.set(names.get(spine) as string, own);
      }
    }
    return found.set("t", microseconds(frozen.time, "down", "spine"));
  } catch (error) {
    if (!(error instanceof JoinRefused)) throw error;
    throw new JoinRefused((error as JoinRefused).problem, `Frozen set ${name}: ${error.message}`);
  }
}
