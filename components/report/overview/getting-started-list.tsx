import type { ReactNode } from "react";
import type { SnippetRequest } from "#components/serve/endpoints/request-snippets.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { nbsp } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { GettingStarted, GettingStartedStep } from "#server/report/overview/contract.ts";
import { ArrivalChecks } from "./arrival-checks.tsx";
import classes from "./getting-started.module.css";
import { minutesLeft, openStep, stepLabels } from "./getting-started-steps.ts";
import { stepExamples } from "./step-examples.ts";

interface GettingStartedListProps {
  state: GettingStarted;
  publicUrl: string;
  gatewayUrl: string;
  /** Example request that the served version accepts. */
  request?: SnippetRequest | undefined;
}

/** Renders the steps from an empty workspace to a live prediction. They are ticked automatically; the open one shows the shortest way. */
export function GettingStartedList({ state, ...addresses }: GettingStartedListProps) {
  const open = openStep(state);
  return (
    <ol className={classes.steps}>
      {state.steps.map((step, index) => (
        <li className={classes.step} data-open={step === open || undefined} id={step.key} key={step.key}>
          <Head step={step} number={index + 1} isOpen={step === open} />
          {step === open && <Body step={step} state={state} {...addresses} />}
        </li>
      ))}
    </ol>
  );
}

/** Renders "2 of 6 done", as text and as bars. */
export function Progress({ state }: { state: GettingStarted }) {
  const done = state.steps.filter(({ doneAt }) => doneAt !== null).length;
  const open = openStep(state);
  return (
    <div className={classes.progress}>
      <span>
        <strong>
          {done} of {state.steps.length} done
        </strong>
        {open && (
          <span className="lw-muted">
            about {minutesLeft(state)}
            {nbsp}min left
          </span>
        )}
      </span>
      <span className={classes.bars} aria-hidden="true">
        {state.steps.map((step) => (
          <span data-state={step.doneAt ? "done" : step === open ? "open" : "later"} key={step.key} />
        ))}
      </span>
    </div>
  );
}

function Head({ step, number, isOpen }: { step: GettingStartedStep; number: number; isOpen: boolean }) {
  const { title, purpose, waiting, minutes } = stepLabels[step.key];
  const isDone = step.doneAt !== null;
  return (
    <div className={classes.head}>
      <StatusShape state={isDone ? "finished" : isOpen ? "running" : "not-started"} size={11} />
      <span className="lw-quiet lw-number">{number}</span>
      <h2 className={classes.title} data-done={isDone || undefined}>
        {title}
      </h2>
      <span className={`${classes.detail} lw-muted`}>{isDone ? <Done step={step} /> : purpose}</span>
      {isDone ? (
        <span className={classes.done}>Done</span>
      ) : isOpen ? (
        <StatusBadge state="running" filled>
          {waiting}
        </StatusBadge>
      ) : (
        <span className="lw-small lw-quiet">
          {minutes}
          {nbsp}min
        </span>
      )}
    </div>
  );
}

function Done({ step: { detail, doneAt } }: { step: GettingStartedStep }) {
  return (
    <>
      {detail && `${detail}, `}
      {doneAt && <RelativeTime at={doneAt} />}
    </>
  );
}

const ways: Record<GettingStartedStep["key"], { href: string; label: string; hint: ReactNode } | undefined> = {
  workspace: undefined,
  token: { href: "/settings/tokens", label: "Create a token", hint: "The token is shown only once. Store it safely." },
  run: {
    href: "/experiments",
    label: "Open experiments",
    hint: "Use the MLflow client as is, or plain HTTP.",
  },
  version: { href: "/models", label: "Choose a file", hint: "In the browser, or:" },
  endpoint: { href: "/models", label: "Choose a version", hint: "Click “Deploy…” on the page of a version, or:" },
  prediction: {
    href: "/playground",
    label: "Try it in the playground",
    hint: "This step completes after a request to the gateway:",
  },
};

function Body(props: GettingStartedListProps & { step: GettingStartedStep }) {
  const { step, state, publicUrl, gatewayUrl, request } = props;
  const way = ways[step.key];
  const examples = stepExamples(step.key, { publicUrl, gatewayUrl }, state.names, request);
  return (
    <div className={classes.body}>
      {way && (
        <div className={classes.way}>
          <ButtonLink href={way.href} variant="default">
            {way.label}
          </ButtonLink>
          <span className="lw-muted">{way.hint}</span>
        </div>
      )}
      {examples.length > 0 && <CodeBlock label="Language" examples={examples} />}
      <p className="lw-small lw-muted">This step completes automatically; you can keep the page open.</p>
      <details>
        <summary className={classes.summary}>Nothing happening?</summary>
        <ArrivalChecks step={step.key} arrivals={state.arrivals} publicUrl={publicUrl} gatewayUrl={gatewayUrl} />
      </details>
    </div>
  );
}
