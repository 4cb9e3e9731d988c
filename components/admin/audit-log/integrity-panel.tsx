import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { AuditIntegrity } from "#server/admin/audit-log/contract.ts";
import classes from "./integrity-panel.module.css";

/** Whether the audit log is sealed and was found intact, with the hash to note elsewhere. */
export function IntegrityPanel({ integrity }: { integrity: AuditIntegrity }) {
  const { seal, unsealedSince, verification } = integrity;
  return (
    <Panel title="Integrity" subtitle="Seals over the entries of all workspaces">
      <dl className={classes.facts}>
        <div>
          <dt>Sealed</dt>
          <dd>{seal ? <Sealed seal={seal} unsealedSince={unsealedSince} /> : "No seals yet"}</dd>
        </div>
        <div>
          <dt>Last verified</dt>
          <dd>{verification ? <Verified verification={verification} /> : "Not yet; daily at 02:47 UTC"}</dd>
        </div>
        {seal && (
          <div>
            <dt>Hash of seal {formatCount(seal.number)}</dt>
            <dd>
              <code className={classes.hash}>{seal.hash}</code>
            </dd>
          </div>
        )}
      </dl>
    </Panel>
  );
}

function Sealed({ seal, unsealedSince }: { seal: NonNullable<AuditIntegrity["seal"]>; unsealedSince: Date | null }) {
  return (
    <>
      up to entry {formatCount(seal.lastId)}, <RelativeTime at={seal.sealedAt} />
      {unsealedSince && (
        <>
          ; not sealed since <RelativeTime at={unsealedSince} />
        </>
      )}
    </>
  );
}

function Verified({ verification }: { verification: NonNullable<AuditIntegrity["verification"]> }) {
  const { at, entries, problem } = verification;
  return (
    <>
      <StatusBadge state={problem === null ? "on-target" : "missed"}>
        {problem === null ? "intact" : "not intact"}
      </StatusBadge>{" "}
      {problem ?? `${formatCount(entries)} entries`}, <RelativeTime at={at} />
    </>
  );
}
