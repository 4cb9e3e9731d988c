import { shareOfLimit, viewStates } from "#components/develop/features/view-state.ts";
import type { ViewRow } from "#components/watch/features/view-row.ts";
import { type RowFields, readRowFilter } from "#server/base/filter/filter-rows.ts";

const fields: RowFields<ViewRow> = {
  help: "Write, for example: state = late and age > 0.7",
  texts: {
    view: ({ view }) => [view.name],
    key: ({ view }) => view.current.entities.map(({ joinKey }) => joinKey),
    source: ({ view }) => [view.source ?? ""],
    state: ({ facts }) => viewStates(facts).map(({ word }) => word),
    feature: ({ view }) => [...view.current.features, ...view.current.expressions].map(({ name }) => name),
    user: ({ users }) => users.map(({ name }) => name),
  },
  numbers: {
    age: ({ facts }) => shareOfLimit(facts),
    found: ({ foundShare }) => foundShare,
  },
};

/** Returns the test of a filter of feature views ("age > 0.7 and found < 0.9"; the age is a share of the limit), see `readRowFilter`. */
export function readViewFilter(text: string) {
  return readRowFilter(text, fields);
}
