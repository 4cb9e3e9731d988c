import { identifier } from "../engine/sql-text.ts";
import { keyExpression, microseconds, type TypedColumn } from "./column-expressions.ts";
import type { JoinSource } from "./join-statements.ts";
import { knownTime } from "./known-time.ts";
import type { Cutoff, PlannedView } from "./plan-join.ts";
import { JoinRefused } from "./refuse-join.ts";

/** A table as it came from a file, whose columns may have other names than the view's. */
export interface SourceTable {
  relation: string;
  columns: readonly TypedColumn[];
  /** Expression for the order of writing. */
  order: string;
  eventTime: string;
  createdTime: string | null;
  /** Column of the table → join key or feature. */
  fieldMapping: Readonly<Record<string, string>>;
}

/**
 * Describes a table to the join. With the cut-off "arrival" its rows count as with "created": Leeway did not see them arrive.
 * @throws JoinRefused for a column that is missing or of a wrong type
 */
export function tableSource(table: SourceTable, { view, features }: PlannedView, cutoff: Cutoff): JoinSource {
  const byName = new Map(table.columns.map((column) => [table.fieldMapping[column.name] ?? column.name, column]));
  const find = (name: string): TypedColumn => {
    const column = byName.get(name);
    if (column) return column;
    throw new JoinRefused("missing-feature", `The source of view "${view.name}" has no column "${name}".`);
  };
  const timeOf = (name: string): string => {
    const column = table.columns.find((each) => each.name === name);
    if (column) return microseconds(column, "up", "source");
    throw new JoinRefused("no-time", `The source of view "${view.name}" has no column "${name}".`);
  };
  const created = table.createdTime === null ? null : timeOf(table.createdTime);
  return {
    relation: table.relation,
    keys: Object.fromEntries(
      view.keys.map(({ name, kind }) => {
        const column = find(name);
        const key = keyExpression(kind, column, "source");
        if (key !== undefined) return [name, key];
        throw new JoinRefused(
          "key-type",
          `Column "${column.name}" of the source of view "${view.name}" holds ${column.type}, which is no type of join key "${name}".`,
        );
      }),
    ),
    event: timeOf(table.eventTime),
    created,
    known: knownTime(cutoff, { created, arrived: created }),
    order: table.order,
    features: Object.fromEntries(features.map((name) => [name, `source.${identifier(find(name).name)}`])),
  };
}
