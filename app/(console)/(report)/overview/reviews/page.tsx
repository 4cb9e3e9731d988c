import { redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { getReview } from "#server/report/reports/reviews/get-review.ts";

/** Redirects to the review of the current week. */
export default async function ReviewsPage() {
  const { name } = await getReview(await requireContext());
  redirect(`/overview/reviews/${name}`);
}
