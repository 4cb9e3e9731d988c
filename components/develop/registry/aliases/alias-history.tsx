import type { ReactNode } from "react";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { AliasChange } from "#server/develop/registry/aliases/contract.ts";
import classes from "./alias-history.module.css";
import { changeSentence, changeState } from "./alias-history-text.ts";

interface AliasHistoryProps {
  modelName: string;
  changes: AliasChange[];
  /** "Older", when there are more. */
  foot?: ReactNode;
}

/** Renders all alias changes of a model, newest first, with user and reason. */
export function AliasHistory({ modelName, changes, foot }: AliasHistoryProps) {
  return (
    <Panel title="Alias history" subtitle="newest first, immutable" flush>
      {changes.length === 0 ? (
        <EmptyState title="No alias changes yet">
          Every alias change is recorded with user, time and reason, including changes by API clients.
        </EmptyState>
      ) : (
        <ol className={classes.log} aria-label="Alias history">
          {changes.map((change) => (
            <li id={`alias-${change.id}`} key={change.id}>
              <span className={classes.time}>
                <RelativeTime at={change.at} />
              </span>
              <StatusShape state={changeState(change)} />
              <div className={classes.words}>
                <span>
                  {changeSentence(change)}
                  {change.reason && <>: “{change.reason}”</>}
                </span>
                <span className="lw-small lw-quiet" data-prose>
                  {change.actorName}
                  {change.toVersion !== null && (
                    <>
                      {" · "}
                      <Link
                        href={
                          versionHref(modelName, change.toVersion) +
                          (change.requestId ? `#request-${change.requestId}` : "")
                        }
                      >
                        {change.requestId ? "the request" : `v${change.toVersion}`}
                      </Link>
                    </>
                  )}
                </span>
              </div>
            </li>
          ))}
        </ol>
      )}
      {foot && <div className={classes.foot}>{foot}</div>}
    </Panel>
  );
}
