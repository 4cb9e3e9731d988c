import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { type GameDay, limits } from "#server/respond/drills/contract.ts";
import classes from "./drills.module.css";
import { faultLooks } from "./fault-kinds.ts";
import { describeScope, expectationLabels, formatSeconds, formatWithin } from "./game-day-text.ts";
import { isOfRequests } from "./plan-draft.ts";

/** Shows what a game day does, what is expected of it, and what ends it. */
export function PlanPanel({ day }: { day: GameDay }) {
  const { hypothesis, fault, faultWords, endpoint, owner, minutes, isAnnounced, expectations, startsAt, repeats } = day;
  const { icon: Icon, label } = faultLooks[fault.kind];
  return (
    <Panel title="Plan">
      <PanelSection title="Hypothesis">
        <p>{hypothesis}</p>
      </PanelSection>
      <PanelSection title="Fault">
        <dl className="lw-facts">
          <dt>
            <Icon size={15} stroke={1.7} aria-hidden="true" /> {label}
          </dt>
          <dd>{faultWords}</dd>
          <dt>Endpoint</dt>
          <dd>
            <Link href={endpointHref(endpoint.name)}>{endpoint.name}</Link>
          </dd>
          {isOfRequests(fault.kind) && (
            <>
              <dt>Share</dt>
              <dd>{describeScope(day)}</dd>
            </>
          )}
          <dt>Duration</dt>
          <dd>{minutes} min</dd>
          <dt>On-call</dt>
          <dd>{isAnnounced ? "announced" : "not announced"}</dd>
          <dt>Owner</dt>
          <dd>{owner.name}</dd>
          <dt>Start</dt>
          <dd>
            {startsAt === null ? "by hand" : <Moment at={startsAt} />}
            {repeats === "monthly" && ", repeated each month"}
          </dd>
        </dl>
      </PanelSection>
      <PanelSection title="Expectations">
        <dl className="lw-facts">
          {expectations.map((expectation) => (
            <ExpectationLine
              what={expectation.what}
              withinSeconds={"withinSeconds" in expectation ? expectation.withinSeconds : null}
              key={expectation.what}
            />
          ))}
        </dl>
      </PanelSection>
      <PanelSection title="Abort conditions">
        <AbortRules minutes={minutes} />
      </PanelSection>
    </Panel>
  );
}

function ExpectationLine(props: { what: GameDay["expectations"][number]["what"]; withinSeconds: number | null }) {
  return (
    <>
      <dt>{expectationLabels[props.what]}</dt>
      <dd>{formatWithin(props.what, props.withinSeconds)}</dd>
    </>
  );
}

/** Lists what ends every game day. */
export function AbortRules({ minutes }: { minutes: number | null }) {
  return (
    <>
      <ul className={classes.rules}>
        <li>{limits.budgetUsed * 100}% of an error budget used</li>
        <li>another endpoint leaves its steady state</li>
        <li>an unrelated page fires</li>
        <li>an incident is declared</li>
        <li>a rollout or freeze starts</li>
        <li>the owner’s page is closed for {formatSeconds(limits.ownerAwaySeconds)}</li>
        <li>any member presses Abort</li>
      </ul>
      <p className="lw-small lw-quiet">
        Ends {minutes === null ? "at its time" : `after ${minutes} min`}, or {limits.leaseSeconds} s after the worker is
        lost.
      </p>
    </>
  );
}
