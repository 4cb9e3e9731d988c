import Link from "next/link";
import type { ReactNode } from "react";
import { formatBytes, plural } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SignatureState, VersionScan, VersionSecurity } from "#server/registry/security/contract.ts";
import { FindingsTable } from "./findings-table.tsx";
import classes from "./security-panel.module.css";
import { signatureTold, tellVerdict } from "./security-words.ts";

interface SecurityPanelProps {
  security: VersionSecurity;
  /** The button that scans again, for who may. */
  action?: ReactNode;
  /** The buttons that add and remove a signature, for who may. */
  sign?: ReactNode;
}

/** What the scan of a version's files found, who signed it, its licence, and what the security policy says. */
export function SecurityPanel({ security, action, sign }: SecurityPanelProps) {
  const { scan, signature, licence, refusals, warnings } = security;
  const { state, word } = tellVerdict(scan?.verdict ?? null, scan !== null);
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
              <StatusBadge state="missed">May not be deployed here</StatusBadge>: {refusals.join(" ")}
            </span>
          )}
          {warnings.length > 0 && (
            <span>
              <StatusBadge state="watch">Deploying it warns</StatusBadge>: {warnings.join(" ")}
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
              <span className="lw-muted">none named; a tag “licence” names it</span>
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
  if (!scan) return "It was registered before Leeway scanned files. It was not scanned since.";
  const { verdict, report } = scan;
  if (!verdict || !report) return "Its files are being looked at. What is found appears here.";
  if (report.message) return report.message;
  const files = plural(report.files, "file");
  const count = (severity: string) => report.findings.filter((each) => each.severity === severity).length;
  if (verdict === "clean") return `Nothing that runs code when it is loaded was found in ${files}.`;
  if (verdict === "warnings") return `Nothing dangerous was found in ${files}; ${count("warning")} to look at.`;
  if (verdict === "dangerous")
    return `${plural(count("dangerous"), "finding")} in ${files} can harm whoever loads them.`;
  return `Of ${files}, ${count("unread")} could not be looked at, so nobody knows what they do.`;
}

function Signature({ signature, sign }: { signature: SignatureState; sign: ReactNode }) {
  const { state, word } = signatureTold[signature.state];
  return (
    <span className={classes.head}>
      <StatusBadge state={state}>{word}</StatusBadge>
      <span className="lw-muted">
        {signature.keyName && `by ${signature.keyName}`}
        {signature.state === "unknown" && "made by no key that this workspace trusts"}
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
