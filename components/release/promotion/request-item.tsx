import type { ReactNode } from "react";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { progressOf } from "#components/develop/registry/gates/describe-gate.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { PromotionRequest } from "#server/release/promotion/contract.ts";
import { requestStateLabels } from "./request-text.ts";
import classes from "./requests.module.css";

interface RequestItemProps {
  request: PromotionRequest;
  /** Whether to name the model too, for lists with requests of several models. */
  namesModel?: boolean;
  /** Approve, reject, withdraw. */
  children?: ReactNode;
}

/** Shows a promotion request: target, author, reason, state and available actions. */
export function RequestItem({ request, namesModel = false, children }: RequestItemProps) {
  const { state, word } = requestStateLabels[request.state];
  const { decision, gates } = request;
  return (
    <li className={classes.request} id={`request-${request.id}`}>
      <div className={classes.head}>
        <StatusBadge state={state}>{word}</StatusBadge>
        <Link href={`${versionHref(request.modelName, request.version)}#gates`}>
          <strong>
            {namesModel && `${request.modelName} `}v{request.version}
          </strong>
        </Link>
        <span className={classes.target}>
          to become <AliasTag alias={request.alias} />
        </span>
        <span className="lw-small lw-quiet">
          {request.fromVersion === null ? "which is not set yet" : `replacing v${request.fromVersion}`}
        </span>
      </div>
      <p className={classes.why}>
        “{request.reason}” <span className="lw-quiet">{request.requestedBy},</span>{" "}
        <span className="lw-quiet">
          <RelativeTime at={request.requestedAt} />
        </span>
      </p>
      {decision ? (
        <p className="lw-small lw-muted">
          {word} by {decision.by} <RelativeTime at={decision.at} />
          {decision.reason && `: “${decision.reason}”`}
        </p>
      ) : (
        <p className="lw-small lw-muted">
          {request.words}
          {gates.length > 0 && `. Gates: ${progressOf(gates).words}.`}
        </p>
      )}
      {children && <div className={classes.actions}>{children}</div>}
    </li>
  );
}
