import type { ReactNode } from "react";
import { formatBytes, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SignatureState, VersionScan, VersionSecurity } from "#server/develop/registry/security/contract.ts";
import { FindingsTable } from "./findings-table.tsx";
import { signatureBadges, verdictBadge } from "./security-labels.ts";
import classes from "./security-panel.module.css";

interface SecurityPanelProps {
  security: VersionSecurity;
  /** Button that scans again, for users with permission. */
  action?: ReactNode;
  /** Buttons that add and remove a signature, for users with permission. */
  sign?: ReactNode;
}

/** Shows the scan result of a version's files, the signer, the licence, and the outcome of the security policy. */
export function SecurityPanel({ security, action, sign }: SecurityPanelProps) {
  const { scan, signature, licence, refusals, warnings } = security;
  const { state, word } = verdictBadge(scan?.verdict ?? null, scan !== null);
  const findings = scan?.report?.findings ?? [];
  return (
    <Panel
      title="Security"
      id="security"
      flush
      right={
        <span className={classes.head}>
          <StatusBadge state={state} filled>
            {word}
          </StatusBadge>
          {action}
        </span>
      }
    >
      <PanelSection>
        <div className={classes.lines}>
          <span>{sentence(scan)}</span>
          {refusals.length > 0 && (
            <span>
              <StatusBadge state="missed">Deployment blocked by policy</StatusBadge>: {refusals.join(" ")}
            </span>
          )}
          {warnings.length > 0 && (
            <span>
              <StatusBadge state="watch">Deployment allowed with a warning</StatusBadge>: {warnings.join(" ")}
            </span>
          )}
        </div>
      </PanelSection>
      {findings.length > 0 && <FindingsTable findings={findings} leftOut={scan?.report?.leftOut ?? 0} />}
      <PanelSection>
        <dl className="lw-facts">
          <dt>Provenance</dt>
          <dd>
            <Signature signature={signature} sign={sign} />
          </dd>
          <dt>Licence</dt>
          <dd>
            {licence ? (
              <>
                {licence.name} <span className="lw-quiet">({licence.from})</span>
              </>
            ) : (
              <span className="lw-muted">unknown; add a “licence” tag to set it</span>
            )}
          </dd>
          {scan?.scannedAt && scan.report && (
            <>
              <dt>Scanned</dt>
              <dd>
                <RelativeTime at={scan.scannedAt} />, {plural(scan.report.files, "file")},{" "}
                {formatBytes(scan.report.sizeBytes)}
              </dd>
            </>
          )}
        </dl>
      </PanelSection>
    </Panel>
  );
}

function sentence(scan: VersionScan | null): string {
  if (!scan) return "This version was registered before scanning was introduced. It has not been scanned.";
  const { verdict, report } = scan;
  if (!verdict || !report) return "Scanning the files. Findings appear here.";
  if (report.message) return report.message;
  const files = plural(report.files, "file");
  const count = (severity: string) => report.findings.filter((each) => each.severity === severity).length;
  if (verdict === "clean") return `No code that runs on load was found in ${files}.`;
  if (verdict === "warnings") return `Nothing dangerous was found in ${files}; ${count("warning")} to review.`;
  if (verdict === "dangerous")
    return `${plural(count("dangerous"), "finding")} in ${files} are a risk to anyone who loads them.`;
  return `${count("unread")} of ${files} could not be scanned, so their behaviour is unknown.`;
}

function Signature({ signature, sign }: { signature: SignatureState; sign: ReactNode }) {
  const { state, word } = signatureBadges[signature.state];
  return (
    <span className={classes.head}>
      <StatusBadge state={state}>{word}</StatusBadge>
      <span className="lw-muted">
        {signature.keyName && `by ${signature.keyName}`}
        {signature.state === "unknown" && "signed with a key this workspace does not trust"}
        {signature.addedAt && (
          <>
            {" "}
            <RelativeTime at={signature.addedAt} />
          </>
        )}
        {signature.state === "unsigned" && <Link href="/settings/security">How to sign</Link>}
      </span>
      {sign}
    </span>
  );
}
