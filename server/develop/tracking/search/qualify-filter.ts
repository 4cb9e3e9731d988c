import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { runVocabulary } from "../runs/vocabulary.ts";
import { fieldKinds } from "../tables/constants.ts";
import type { FieldKind } from "../tables/contract.ts";
import { searchRunFields } from "../tables/field-queries.ts";
import { type BareName, findBareNames } from "./parse-filter.ts";

const prefixes: Record<FieldKind, string> = { metric: "metrics", param: "params", tag: "tags" };
const maxNames = 10;

/**
 * Writes the entity in front of each bare name of a filter on the runs of an experiment, so that `val_accuracy > 0.9` becomes
 * `metrics.val_accuracy > 0.9`. A name that no newer run has stays as it is: reading the filter then says what is wrong with it.
 * @throws DomainError "invalid" for a name that is, for example, both a metric and a parameter.
 */
export async function qualifyFilter(ctx: Context, experimentId: number, filter: string): Promise<string> {
  const bare = findBareNames(filter, runVocabulary);
  if (bare.length === 0 || bare.length > maxNames) return filter;
  let text = filter;
  // From the end, so that the earlier positions stay valid.
  for (const name of bare.toReversed()) {
    const kinds = await kindsOf(ctx, experimentId, name.name);
    if (kinds.length > 1) throw ambiguous(name, kinds);
    const [kind] = kinds;
    if (kind) text = `${text.slice(0, name.at)}${prefixes[kind]}.${text.slice(name.at)}`;
  }
  return text;
}

async function kindsOf(ctx: Context, experimentId: number, words: string): Promise<FieldKind[]> {
  const kinds: FieldKind[] = [];
  for (const kind of fieldKinds) {
    // An equal name comes first; another spelling of it may come before.
    const { fields } = await searchRunFields(ctx, { experimentId, kind, words: words.slice(0, 250), limit: 10 });
    if (fields.some(({ key }) => key === words)) kinds.push(kind);
  }
  return kinds;
}

const nouns: Record<FieldKind, string> = { metric: "a metric", param: "a parameter", tag: "a tag" };

function ambiguous({ name, at }: BareName, kinds: readonly FieldKind[]): DomainError {
  const column = at + 1;
  const what = kinds.map((kind) => nouns[kind]).join(" and ");
  const choices = kinds.map((kind) => `${prefixes[kind]}.${name}`).join(" or ");
  return new DomainError("invalid", `"${name}" is ${what}. Write ${choices}. (column ${column})`, { column });
}
