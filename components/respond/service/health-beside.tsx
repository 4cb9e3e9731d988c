import { boardHref } from "#components/respond/triage/board-view.ts";
import { CauseBox } from "#components/respond/triage/details/cause-box.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { newSloHref, sloHref } from "#components/watch/slo/addresses.ts";
import { burnText, formatRemaining } from "#components/watch/slo/budget-text.ts";
import { LeewayScale } from "#components/watch/slo/leeway-scale.tsx";
import { firstSentence, formatPeriod, formatTarget } from "#components/watch/slo/slo-facts.ts";
import type { ServiceHead, ServiceHealth } from "#server/respond/service/contract.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import classes from "./service.module.css";

interface HealthBesideProps {
  endpoint: string;
  incident: ServiceHead["incident"];
  health: ServiceHealth;
  now: number;
}

/** Renders what stands beside the charts of an endpoint: why it fails, or else what changed last, and its SLOs. */
export function HealthBeside({ endpoint, incident, health, now }: HealthBesideProps) {
  return (
    <>
      {incident && health.cause ? (
        <Panel title="Likely cause" subtitle={`of INC-${incident.number}`}>
          <div className={classes.cause}>
            <CauseBox cause={toWire(health.cause)} />
            <div className={classes.buttons}>
              <ButtonLink href={boardHref({ incident: incident.number })} variant="default">
                Evidence
              </ButtonLink>
              <ButtonLink href={endpointTabHref(endpoint, "debug")} variant="default">
                Compare…
              </ButtonLink>
            </div>
          </div>
        </Panel>
      ) : (
        <ChangesPanel changes={health.changes} />
      )}
      <SlosPanel endpoint={endpoint} slos={health.slos} now={now} />
    </>
  );
}

function ChangesPanel({ changes }: Pick<ServiceHealth, "changes">) {
  return (
    <Panel title="Last changes" subtitle="7 days, newest first" flush>
      {!changes ? (
        <FailedState title="Could not load the changes">See the log of the web role.</FailedState>
      ) : changes.length === 0 ? (
        <EmptyState title="No changes in 7 days">Deployments, rollouts and changed settings appear here.</EmptyState>
      ) : (
        <ul className={classes.list}>
          {changes.map(({ id, title, at, actor, href }) => (
            <li key={id}>
              {href ? <Link href={href}>{title}</Link> : title}
              <span className="lw-small lw-quiet">
                <RelativeTime at={at} /> by {actor}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function SlosPanel({ endpoint, slos, now }: Pick<ServiceHealth, "slos"> & { endpoint: string; now: number }) {
  return (
    <Panel
      title="SLOs"
      subtitle="worst first"
      right={slos && slos.length > 0 && <Link href={newSloHref(endpoint)}>Create SLO…</Link>}
      flush
    >
      {!slos ? (
        <FailedState title="Could not load the SLOs">See the log of the web role.</FailedState>
      ) : slos.length === 0 ? (
        <EmptyState title="No SLOs yet" action={<ButtonLink href={newSloHref(endpoint)}>Create SLO…</ButtonLink>}>
          An SLO defines how many requests may fail before someone is paged.
        </EmptyState>
      ) : (
        <ul className={classes.list}>
          {slos.map((slo) => (
            <li className={classes.slo} key={slo.id}>
              <span>
                <Link href={sloHref(slo.name)}>{slo.displayName || firstSentence(slo.indicatorWords)}</Link>
                <span className="lw-small lw-quiet">
                  {formatTarget(slo.target)}, {formatPeriod(slo.period)}
                </span>
              </span>
              <LeewayScale budget={slo.budget} now={now} />
              <span>
                <strong>{formatRemaining(slo.budget)}</strong>
                <span className="lw-small lw-quiet">burn rate {burnText(slo.budget?.burnRate)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
