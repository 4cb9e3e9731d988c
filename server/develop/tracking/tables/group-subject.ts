import { type SQL, sql } from "drizzle-orm";
import { DomainError } from "#server/base/errors.ts";
import { shownUser } from "../runs/shown-user.ts";
import { groupAttributes } from "./constants.ts";
import type { GroupOfRuns } from "./contract.ts";

interface GroupSubject {
  /** To be added after "from runs". */
  join: SQL;
  /** Text; null for a run without. */
  value: SQL;
}

const attributes: Record<(typeof groupAttributes)[number], GroupSubject> = {
  status: { join: sql``, value: sql`runs.status::text` },
  by: { join: sql``, value: sql`nullif(${shownUser}, '')` },
  dataset: {
    // Prefers the training dataset among several.
    join: sql`left join lateral (
      select datasets.digest from run_datasets as used join datasets on datasets.id = used.dataset_id
      where used.run_id = runs.id order by used.tags like '%"training"%' desc, datasets.name, datasets.digest limit 1
    ) as grouped on true`,
    value: sql`grouped.digest`,
  },
};

/**
 * Returns the SQL source of the value that runs are grouped by: "params.<key>", "tags.<key>" or one of the attributes.
 * @throws DomainError "invalid"
 */
export function groupSubject(by: string): GroupSubject {
  const [, kind, key = ""] = /^(params|tags)\.(.+)$/s.exec(by) ?? [];
  if (kind) {
    const table = sql.identifier(kind === "params" ? "run_params" : "run_tags");
    return {
      join: sql`left join ${table} as grouped on grouped.run_id = runs.id and grouped.key = ${key}`,
      value: sql`grouped.value`,
    };
  }
  if (Object.hasOwn(attributes, by)) return attributes[by as keyof typeof attributes];
  throw new DomainError(
    "invalid",
    `Cannot group runs by '${by}'. Use params.<key>, tags.<key>, ${groupAttributes.join(", ")}.`,
  );
}

/** Returns the condition that a run is in a group. @throws DomainError "invalid" */
export function groupCondition({ by, value: wanted }: GroupOfRuns): SQL {
  const [, kind, key = ""] = /^(params|tags)\.(.+)$/s.exec(by) ?? [];
  if (kind) {
    // Written as a condition on the other table, which lets the planner start with it.
    const table = sql.identifier(kind === "params" ? "run_params" : "run_tags");
    const entry = sql`select from ${table} as entry where entry.run_id = runs.id and entry.key = ${key}`;
    return wanted === null ? sql`not exists (${entry})` : sql`exists (${entry} and entry.value = ${wanted})`;
  }
  const { join, value } = groupSubject(by);
  return sql`(select ${value} from (values (1)) as one ${join}) is not distinct from ${wanted}::text`;
}
