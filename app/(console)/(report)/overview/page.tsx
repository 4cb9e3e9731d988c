import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { GettingStartedContent } from "#components/report/overview/getting-started-content.tsx";
import { reportHref } from "#components/report/reports/addresses.ts";
import { DigestButton } from "#components/report/reports/digest-button.tsx";
import { FigureDrawer } from "#components/report/reports/figure-drawer.tsx";
import { Report } from "#components/report/reports/report.tsx";
import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Page } from "#components/shell/page.tsx";
import { HelpLink } from "#components/ui/help-link.tsx";
import { getGettingStarted } from "#server/report/overview/getting-started.ts";
import { GetReport } from "#server/report/reports/contract.ts";
import { reportDefinitions } from "#server/report/reports/definitions/contract.ts";
import { getDigest } from "#server/report/reports/digest/queries.ts";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { figuresOf } from "#server/report/reports/figures-of.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { setDigestAction } from "./actions.ts";

export const metadata = { title: "Overview" };

export default async function OverviewPage({ searchParams }: PageProps<"/overview">) {
  const ctx = await requireContext();
  const query = await searchParams;
  const start = await getGettingStarted(ctx);
  const { publicUrl, gatewayUrl } = runtime().config;
  if (start.isEmpty) {
    return (
      <Page crumbs={[{ label: "Overview" }]} live>
        <GettingStartedContent state={start} publicUrl={publicUrl} gatewayUrl={gatewayUrl} />
      </Page>
    );
  }
  const facts = await found(getReport(ctx, parseQuery(query)));
  const digest = await getDigest(ctx, { hasMailServer: runtime().config.notifications.mail !== undefined });
  const showsAll = query.models === "all";
  return (
    <Page
      crumbs={[{ label: "Overview", href: "/overview" }, { label: crumbOf(facts) }]}
      controls={
        <>
          <OverviewSections current="report" />
          <HelpLink to="costs-and-reports#overview" />
        </>
      }
    >
      <Report
        facts={facts}
        showsAll={showsAll}
        digest={<DigestButton digest={digest} isOpen={query.digest === "settings"} save={setDigestAction} />}
      />
      {typeof query.fact === "string" && <OpenFigure facts={facts} showsAll={showsAll} id={query.fact} />}
    </Page>
  );
}

function OpenFigure({ facts, showsAll, id }: { facts: ReportFacts; showsAll: boolean; id: string }) {
  const figure = figuresOf(facts).find((each) => each.id === id);
  if (!figure) return null;
  const definition = reportDefinitions[figure.definition as keyof typeof reportDefinitions];
  const closeHref = reportHref({ name: facts.name, showsAll });
  return <FigureDrawer figure={figure} definition={definition} asOf={facts.asOf} closeHref={closeHref} />;
}

/** Parses the query and ignores an invalid name: the current report is shown. */
function parseQuery(query: Record<string, string | string[] | undefined>): GetReport {
  const name = GetReport.shape.name.safeParse(query.week ?? query.month ?? query.quarter).data;
  const period = GetReport.shape.period.safeParse(query.period).data;
  return { ...(name !== undefined && { name }), ...(period && { period }) };
}

function crumbOf({ title, period, from, timeZone }: ReportFacts): string {
  if (period !== "week") return title;
  // A week belongs to the year in which its Thursday lies.
  const thursday = from + 3 * 86_400_000;
  return `${title}, ${new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone }).format(thursday)}`;
}
