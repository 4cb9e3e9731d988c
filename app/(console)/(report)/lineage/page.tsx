import { notFound } from "next/navigation";
import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { LineagePanel } from "#components/report/lineage/lineage-panel.tsx";
import { kindLabels, lineageSentence } from "#components/report/lineage/lineage-sections.ts";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { WalkLineage } from "#server/report/lineage/contract.ts";
import { walkLineage } from "#server/report/lineage/queries.ts";

type Props = PageProps<"/lineage">;

/** Read once for the title and the page. */
const readWalk = cache(async (kind: unknown, id: unknown) => {
  const start = WalkLineage.safeParse({ kind, id });
  return start.success ? found(walkLineage(await requireContext(), start.data)) : notFound();
});

export async function generateMetadata({ searchParams }: Props) {
  const { kind, id } = await searchParams;
  return { title: `${(await readWalk(kind, id)).start.title}, Lineage` };
}

export default async function LineagePage({ searchParams }: Props) {
  const { kind, id } = await searchParams;
  const walk = await readWalk(kind, id);
  const { start, madeFrom, wentInto } = walk;
  return (
    <Page crumbs={[{ label: "Lineage" }]}>
      <PageHead
        help="monitoring#lineage"
        title={start.title}
        context={
          <>
            <span>Lineage of {kindLabels[start.kind].one.toLowerCase()}</span>
            {start.digest && <code>{start.digest}</code>}
          </>
        }
        sentence={lineageSentence(walk)}
        actions={
          start.href && (
            <ButtonLink href={start.href} variant="default">
              Open
            </ButtonLink>
          )
        }
      />
      <Columns columns="repeat(2, minmax(0, 1fr))">
        {madeFrom && (
          <LineagePanel
            title="Created from"
            subtitle="nearest first"
            start={start}
            branch={madeFrom}
            direction="into"
          />
        )}
        {wentInto && (
          <LineagePanel title="Went into" subtitle="nearest first" start={start} branch={wentInto} direction="from" />
        )}
      </Columns>
    </Page>
  );
}
