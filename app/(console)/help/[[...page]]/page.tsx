import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { GuideList } from "#components/shell/help/guide-list.tsx";
import { guideHref } from "#components/shell/help/guide-target.ts";
import { GuideText } from "#components/shell/help/guide-text.tsx";
import { listedGuides } from "#components/shell/help/listed-guides.ts";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";

type HelpProps = PageProps<"/help/[[...page]]">;

export async function generateMetadata({ params }: HelpProps): Promise<Metadata> {
  await requireContext();
  const guide = await readGuide((await params).page);
  return { title: guide ? `${guide.title}, Help` : "Help" };
}

export default async function HelpPage({ params }: HelpProps) {
  await requireContext();
  const { documents } = runtime();
  const guide = await readGuide((await params).page);
  if (!guide) notFound();
  const names = await documents.list();
  const index = await documents.read("README");
  const href = guideHref(guide.name);
  const help = { label: "Help", href: "/help" };
  return (
    <Page crumbs={href === help.href ? [{ label: help.label }] : [help, { label: guide.title }]}>
      <PageHead title={guide.title} />
      <Columns columns="220px minmax(0, 1fr)">
        <GuideList guides={listedGuides(index?.text ?? "", names)} current={href} />
        <GuideText name={guide.name} names={names}>
          {guide.text}
        </GuideText>
      </Columns>
    </Page>
  );
}

/** Reads the guide at an address; the address of a folder returns its index. */
async function readGuide(page: string[] = []) {
  const { documents } = runtime();
  const name = page.join("/");
  return (await documents.read(name)) ?? (await documents.read(name ? `${name}/README` : "README"));
}
