import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ReferenceProfile } from "#server/watch/monitoring/profiles/contract.ts";
import { ReferenceFacts } from "./reference-facts.tsx";
import { status } from "./reference-text.ts";

interface ReferencePanelProps {
  href: string;
  /** In force; null without one. */
  reference: ReferenceProfile | null;
  /** The newest one, whatever its state. */
  newest: ReferenceProfile | undefined;
  /** Reason why there is no reference, and what to do. */
  words: string | null;
}

/** Renders the reference of a version's traffic on the version's page. */
export function ReferencePanel({ href, reference, newest, words }: ReferencePanelProps) {
  const shown = newest && newest.id !== reference?.id && newest.retiredAt === null ? newest : reference;
  const badge = shown && status(shown, reference?.id);
  return (
    <Panel
      title="Reference"
      id="reference"
      subtitle="baseline for traffic"
      right={
        <>
          {badge && (
            <StatusBadge state={badge.state} filled>
              {badge.word}
            </StatusBadge>
          )}
          <Link href={href}>{reference ? "Features" : "Create"}</Link>
        </>
      }
      flush={!reference}
    >
      {reference ? (
        <ReferenceFacts reference={reference} />
      ) : (
        <EmptyState title="Drift is not monitored for this version" action={<Link href={href}>Create reference</Link>}>
          {newest?.state === "failed" && newest.problem ? newest.problem.message : words}
          {newest?.state === "running" && ` ${plural(newest.rowsRead, "row")} read so far.`}
        </EmptyState>
      )}
    </Panel>
  );
}
