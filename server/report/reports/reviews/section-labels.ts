import type { ReviewItem, ReviewSection } from "./contract.ts";

/** Title and task of each section of a review, and its text where there is nothing to review. */
export const sectionLabels: Record<ReviewItem, Pick<ReviewSection, "title" | "task" | "nothing">> = {
  drift: {
    title: "Open drift and quality findings",
    task: "Decide for each: expected, new reference or new model.",
    nothing: "No open findings.",
  },
  labels: {
    title: "Label backlog",
    task: "Make sure labels arrive: without them, quality is only estimated.",
    nothing: "No predictions are waiting for labels.",
  },
  retraining: {
    title: "Retraining",
    task: "Read why a candidate was rejected, and what keeps a policy on hold.",
    nothing: "No cycle ended, and no policy is on hold.",
  },
  deploys: {
    title: "Recent deployments",
    task: "Check whether each release achieved its goal.",
    nothing: "No releases.",
  },
  incidents: {
    title: "Incidents",
    task: "Make sure each has a cause and, if due, a post-mortem.",
    nothing: "No incidents started.",
  },
  "game-days": {
    title: "Game days",
    task: "Hold at least one, and finish the follow-ups of earlier ones.",
    nothing: "No game day was held.",
  },
  actions: {
    title: "Overdue actions",
    task: "Complete them, or set a new due date with a reason.",
    nothing: "No overdue actions.",
  },
  cost: {
    title: "Cost",
    task: "Compare spend with the budget; review forecast overruns and idle resources.",
    nothing: "No spend.",
  },
  baselines: {
    title: "References",
    task: "Create a reference for every deployed version; otherwise drift is not monitored.",
    nothing: "Every deployed version has a reference.",
  },
  slos: {
    title: "SLO compliance",
    task: "Review each missed or nearly missed SLO: is the target still right?",
    nothing: "No SLOs.",
  },
};
