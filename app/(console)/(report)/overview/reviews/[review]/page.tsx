import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { PrintButton } from "#components/report/reports/print-button.tsx";
import { ReviewPanel } from "#components/report/reports/reviews/review-section.tsx";
import { TickButton } from "#components/report/reports/reviews/tick-button.tsx";
import { OverviewSections } from "#components/report/reports/sections.tsx";
import { Stepper } from "#components/report/reports/stepper.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { getReview } from "#server/report/reports/reviews/get-review.ts";
import { tickAction, untickAction } from "../../actions.ts";

export const metadata = { title: "Review" };

export default async function ReviewPage({ params }: PageProps<"/overview/reviews/[review]">) {
  const ctx = await requireContext();
  const { review: requested } = await params;
  const review = await found(getReview(ctx, requested === "month" ? { cadence: "month" } : { name: requested }));
  const { cadence, name, title, days, isPartial, sections, previous, next, sentence, timeZone, edges } = review;
  const hrefOf = (of: string) => `/overview/reviews/${of}`;
  const why = denialReason(ctx.actor.role, "tickReview");
  const looked = sections.filter(({ tick }) => tick !== null).length;
  return (
    <Page
      crumbs={[
        { label: "Overview", href: "/overview" },
        { label: "Reviews", href: "/overview/reviews" },
        { label: title },
      ]}
      controls={<OverviewSections current="reviews" />}
    >
      <PageHead
        help="costs-and-reports#reviews"
        title={`Review of ${cadence === "week" ? title.toLowerCase() : title}`}
        context={
          <>
            {cadence === "week" && `${days}, `}
            {timeZone}
            {isPartial && ", so far"}
            <Stepper noun={cadence} previous={hrefOf(previous)} next={next && hrefOf(next)} />
            {formatCountOf(looked, sections.length)} reviewed
          </>
        }
        actions={
          <>
            <SegmentedLinks
              label="Review period"
              items={[
                { label: "Week", href: "/overview/reviews", current: cadence === "week" },
                { label: "Month", href: hrefOf("month"), current: cadence === "month" },
              ]}
            />
            <PrintButton />
          </>
        }
        sentence={sentence}
      />
      {edges && <StaleLine>{edges}</StaleLine>}
      {sections.map((section) => (
        <ReviewPanel section={section} key={section.item}>
          <TickButton name={name} section={section} tick={tickAction} untick={untickAction} why={why} />
        </ReviewPanel>
      ))}
    </Page>
  );
}
