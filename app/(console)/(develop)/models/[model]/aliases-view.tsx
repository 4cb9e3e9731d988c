import { AliasHistory } from "#components/develop/registry/aliases/alias-history.tsx";
import { AliasLookup } from "#components/develop/registry/aliases/alias-lookup.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import type { Context } from "#server/base/context.ts";
import { wellKnownAliases } from "#server/develop/registry/aliases/contract.ts";
import { getAliasAt, listAliasChanges } from "#server/develop/registry/aliases/queries.ts";

interface AliasesViewProps {
  ctx: Context;
  name: string;
  /** Alias and time of a lookup of the version that it pointed to. */
  question: { alias: string; at: Date } | undefined;
  /** Only moves below this id. */
  before: number | undefined;
}

const perPage = 50;

/** Renders all changes of a model's aliases, and the lookup of an alias's target at a given time. */
export async function AliasesView({ ctx, name, question, before }: AliasesViewProps) {
  const changes = await listAliasChanges(ctx, { name, before, limit: perPage + 1 });
  const shown = changes.slice(0, perPage);
  const result = question && (await getAliasAt(ctx, { name, ...question }));
  const next = changes.length > perPage ? shown.at(-1)?.id : undefined;
  return (
    <Columns columns="minmax(0, 1fr) 348px">
      <AliasHistory
        modelName={name}
        changes={shown}
        foot={
          next !== undefined && (
            <Link href={`/models/${encodeURIComponent(name)}?view=aliases&before=${next}`}>Older</Link>
          )
        }
      />
      <AliasLookup
        modelName={name}
        aliases={[...new Set([...wellKnownAliases, ...shown.map(({ alias }) => alias)])]}
        result={result}
      />
    </Columns>
  );
}
