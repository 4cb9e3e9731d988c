import type { GateSet } from "#components/develop/registry/policy/evaluation-gate-draft.ts";
import type { Context } from "#server/base/context.ts";
import { listEvaluationSets } from "#server/release/evaluation/sets/set-queries.ts";

const maxSets = 500;

/** Lists the sets that a gate of a policy may be on, newest first. */
export async function listGateSets(ctx: Context): Promise<GateSet[]> {
  const sets = await listEvaluationSets(ctx, { limit: maxSets });
  return sets.flatMap(({ name, digest, definition, facts }) =>
    facts
      ? [
          {
            name,
            digest,
            taskKind: definition.task.kind,
            rows: facts.included,
            segments: facts.segments.map(({ id, title }) => ({ id, title })),
          },
        ]
      : [],
  );
}
