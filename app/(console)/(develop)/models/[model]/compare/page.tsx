import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ChooseVersions } from "#components/develop/registry/compare/choose-versions.tsx";
import { comparisonGroups, comparisonSentence } from "#components/develop/registry/compare/comparison.ts";
import { ComparisonTable } from "#components/develop/registry/compare/comparison-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { compareVersions } from "#server/develop/registry/compare/queries.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";

type Props = PageProps<"/models/[model]/compare">;

export async function generateMetadata({ params }: Props) {
  return { title: `Compare versions, ${decodeURIComponent((await params).model)}, Models` };
}

export default async function ComparePage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).model);
  const query = await searchParams;
  const ctx = await requireContext();
  const versions = await found(listVersions(ctx, { name, limit: 100 }));
  const a = numberOf(query.a) ?? versions[1]?.version;
  const b = numberOf(query.b) ?? versions[0]?.version;
  const comparison = a && b ? await found(compareVersions(ctx, { name, a, b })) : undefined;
  const all = query.all === "1";
  const href = `/models/${encodeURIComponent(name)}`;
  return (
    <Page crumbs={[{ label: "Models", href: "/models" }, { label: name, href }, { label: "Compare" }]}>
      <LiveRefresh topics={["model"]} {...(versions[0] && { id: versions[0].modelId })} />
      <PageHead
        help="connect-python#models"
        title={comparison ? `${name} v${comparison.a} and v${comparison.b}` : `Versions of ${name}`}
        sentence={comparison && comparisonSentence(comparison)}
        actions={
          comparison && (
            <ChooseVersions modelName={name} a={comparison.a} b={comparison.b} versions={versions.map(toChoice)} />
          )
        }
      />
      {comparison ? (
        <ComparisonTable
          modelName={name}
          a={comparison.a}
          b={comparison.b}
          groups={comparisonGroups(comparison, all)}
          all={all}
        />
      ) : (
        <Panel>
          <EmptyState title="Nothing to compare yet">
            A comparison needs two versions; {name} has {versions.length === 1 ? "only one" : "none"}.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function toChoice({ version, aliases }: ModelVersion) {
  return { version, label: [`v${version}`, ...aliases].join(", ") };
}

/** Parses "3" or "v3"; anything else leads to the not-found page. */
function numberOf(value: string | string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(/^v?(\d{1,9})$/.exec(String(value))?.[1]);
  return number > 0 ? number : notFound();
}
