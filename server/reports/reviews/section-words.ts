import type { ReviewItem, ReviewSection } from "./contract.ts";

/** What each part of a review is, what to do with it, and what it says where nothing is to be looked at. */
export const sectionWords: Record<ReviewItem, Pick<ReviewSection, "title" | "task" | "nothing">> = {
  drift: {
    title: "Queued drift and quality findings",
    task: "Decide of each: expected, a new reference, or a new model.",
    nothing: "No finding is open.",
  },
  labels: {
    title: "Label backlog",
    task: "See that labels arrive: without them quality is an estimate.",
    nothing: "No prediction waits for its label.",
  },
  deploys: {
    title: "Recent deploys",
    task: "Look at each release and whether it did what it was for.",
    nothing: "Nothing was released.",
  },
  incidents: {
    title: "Incidents",
    task: "See that each has a cause and, where it is due, a post-mortem.",
    nothing: "No incident began.",
  },
  actions: {
    title: "Overdue actions",
    task: "Do them, or say a new day and why.",
    nothing: "No action is overdue.",
  },
  cost: {
    title: "Cost",
    task: "Compare spend with the budget; look at what is heading over and at what is idle.",
    nothing: "Nothing was spent.",
  },
  baselines: {
    title: "References",
    task: "Give every version that serves a reference, or drift is not watched.",
    nothing: "Every version that serves has a reference.",
  },
  slos: {
    title: "SLO compliance",
    task: "Look at each objective that was missed or nearly: is the promise still the right one?",
    nothing: "Nothing is promised.",
  },
};
