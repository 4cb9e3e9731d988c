import { testRouteHref } from "#components/alerting/alerts/addresses.ts";
import { LabelTags } from "#components/alerting/alerts/alert-text.tsx";
import classes from "#components/alerting/alerts/alerts.module.css";
import { Fact } from "#components/alerting/alerts/fact.tsx";
import { incidentHref } from "#components/respond/incidents/addresses.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AlertGroup } from "#server/alerting/alerts/contract.ts";

interface GroupFactsProps {
  group: AlertGroup;
  onCall: string | undefined;
  /** Next escalation, if no one acknowledges the group. */
  escalation: { at: Date; words: readonly string[] } | null;
}

/** Shows when and why a group notifies next, who acknowledged it, and its related items. */
export function GroupFacts({ group, onCall, escalation }: GroupFactsProps) {
  const { acknowledgement, nextFlushAt, nextRepeatAt, notifiedAt, incidentNumber, summary } = group;
  return (
    <dl className={classes.facts}>
      <Fact name="Acknowledged by">
        {acknowledgement ? <Acknowledged of={acknowledgement} /> : <None words="no one" />}
      </Fact>
      <Fact name="On call now">{onCall ?? <None words="no one" />}</Fact>
      <Fact name="Escalates">
        {escalation ? <Escalation {...escalation} /> : <None words="no further escalation" />}
      </Fact>
      <Fact name="Last notification">{notifiedAt ? <RelativeTime at={notifiedAt} /> : <None words="not yet" />}</Fact>
      <Fact name="Next group flush">{nextFlushAt ? <RelativeTime at={nextFlushAt} /> : <None />}</Fact>
      <Fact name="Next repeat">{nextRepeatAt ? <RelativeTime at={nextRepeatAt} /> : <None />}</Fact>
      <Fact name="Last group flush">{group.outcome ?? <None words="none yet" />}</Fact>
      <Fact name="Receiver">
        <Link href="/alerts/receivers">{group.receiver}</Link>
      </Fact>
      <Fact name="Grouped by">
        <LabelTags labels={group.labels} />
      </Fact>
      <Fact name="Route">
        <Link href={testRouteHref({ ...group.labels, severity: summary.severity })}>Test these labels</Link>
      </Fact>
      <Fact name="Incident">
        {incidentNumber === null ? <None /> : <Link href={incidentHref(incidentNumber)}>INC-{incidentNumber}</Link>}
      </Fact>
      <Fact name="Group key">
        <code>{group.groupKey}</code>
      </Fact>
    </dl>
  );
}

function None({ words = "none" }: { words?: string }) {
  return <span className="lw-quiet">{words}</span>;
}

function Acknowledged({
  of: { by, at, until, note, alsoInvestigating },
}: {
  of: NonNullable<AlertGroup["acknowledgement"]>;
}) {
  return (
    <>
      {by} <RelativeTime at={at} />, until <RelativeTime at={until} />
      {note && <div>“{note}”</div>}
      {alsoInvestigating.length > 0 && (
        <div className="lw-quiet">also investigating: {alsoInvestigating.map((one) => one.by).join(", ")}</div>
      )}
    </>
  );
}

function Escalation({ at, words }: { at: Date; words: readonly string[] }) {
  return (
    <>
      <RelativeTime at={at} />: {words.join(", ")}
    </>
  );
}
