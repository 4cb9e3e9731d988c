import { ButtonLink } from "#components/ui/button-link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Readiness, ReadinessStep } from "#server/report/overview/contract.ts";
import classes from "./getting-started.module.css";

interface Words {
  title: string;
  purpose: string;
  /** The shortest way; absent where there is none yet. */
  way?: { href: string; label: string; hint: string };
}

const stepLabels: Record<ReadinessStep["key"], Words> = {
  inventory: {
    title: "Inventory the models",
    purpose: "Give every model an owner",
    way: { href: "/models", label: "View models", hint: "Set the owner on each model's page." },
  },
  objective: {
    title: "Define an SLI and its SLO",
    purpose: "What users can rely on, and how much may fail",
    way: { href: "/slos/new", label: "Define an SLO", hint: "Start with availability over 30 days." },
  },
  canary: {
    title: "Register and canary",
    purpose: "Shift traffic to a new version step by step",
    way: { href: "/endpoints", label: "View endpoints", hint: "“Start a rollout…” on the page of an endpoint." },
  },
  pages: {
    title: "Add a runbook and owner to every page",
    purpose: "The person who is paged knows what to do",
    way: { href: "/alerts/rules", label: "View rules", hint: "SLOs and rules that lack one are marked." },
  },
  drift: {
    title: "Drift detection",
    purpose: "Compare inputs and predictions with the version's reference data",
    way: { href: "/endpoints?view=drift", label: "View drift", hint: "Create a reference for each deployed version." },
  },
  "load-test": {
    title: "Load test",
    purpose: "Know the capacity of an endpoint before your users do",
    way: { href: "/endpoints", label: "View endpoints", hint: "“Load tests” on the page of an endpoint." },
  },
  cost: {
    title: "Review costs",
    purpose: "What 1,000 predictions cost",
    way: {
      href: "/costs/prices",
      label: "Set prices",
      hint: "Price per core hour and GPU hour; usage is metered from the start.",
    },
  },
  retraining: {
    title: "Write a retraining policy",
    purpose: "When a model is retrained, and what a candidate must achieve",
    way: { href: "/retraining/new", label: "Create policy", hint: "It needs a job template and a frozen set." },
  },
  "game-day": {
    title: "Hold a game day",
    purpose: "Check who is notified, and how fast, before a real outage",
    way: {
      href: "/game-days/new",
      label: "Plan a game day",
      hint: "The first one affects only requests with a header.",
    },
  },
};

/** Lists nine steps to models that users can rely on. Each is completed automatically; the first open one shows the shortest way. */
export function ReadinessList({ steps }: Readiness) {
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <section aria-labelledby="ready-for-users">
      <div className={classes.ready}>
        <h2 id="ready-for-users">Production readiness</h2>
        <span className="lw-muted">Nine steps to models your users can rely on</span>
        <strong>
          {done} of {steps.length} done
        </strong>
      </div>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <Step step={step} number={index + 1} key={step.key} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step: { key, isDone, detail }, number }: { step: ReadinessStep; number: number }) {
  const { title, purpose, way } = stepLabels[key];
  const isOpen = !isDone && way !== undefined;
  return (
    <li className={classes.step} id={`ready-${key}`}>
      <div className={classes.head}>
        <StatusShape state={isDone ? "finished" : isOpen ? "running" : "not-started"} size={11} />
        <span className="lw-quiet lw-number">{number}</span>
        <h3 className={classes.title} data-done={isDone || undefined}>
          {title}
        </h3>
        <span className={`${classes.detail} lw-muted`}>{[purpose, detail].filter(Boolean).join(": ")}</span>
        {isDone ? (
          <span className={classes.done}>Done</span>
        ) : (
          !isOpen && <StatusBadge state="no-data">Later</StatusBadge>
        )}
      </div>
      {isOpen && (
        <div className={classes.body}>
          <div className={classes.way}>
            <ButtonLink href={way.href} variant="default" size="xs">
              {way.label}
            </ButtonLink>
            <span className="lw-muted">{way.hint}</span>
          </div>
        </div>
      )}
    </li>
  );
}
