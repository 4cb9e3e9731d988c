import { Fragment, type ReactNode } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { datasetHref } from "../../addresses/dataset-href.ts";
import { describeRows, describeTimeSplit, nameOfVersion } from "./training-set-text.ts";
import classes from "./training-sets.module.css";

/** Shows what a training set was made from. The same record gives the same hash. */
export function TrainingSetRecordPanel({ set }: { set: TrainingSet }) {
  const { request, record, createdBy, createdAt } = set;
  const { rows, resolvedRows, label, labelTime, split, splitByTime, frozenSets, note } = request;
  const version = "digest" in rows ? rows : resolvedRows;
  return (
    <Panel title="Record" subtitle="the same inputs produce the same hash">
      <dl className="lw-facts">
        <Fact label="Rows">
          {version ? (
            <Link href={datasetHref(version.dataset, version.digest)}>{describeRows(request)}</Link>
          ) : (
            describeRows(request)
          )}
        </Fact>
        {record && (
          <>
            <Fact label="Row count">{formatCount(record.rows.rows)}</Fact>
            <Fact label="Row hash">
              <Copied value={record.rows.contentHash} label="Copy the row hash" />
            </Fact>
            <Fact label="History state">
              <code>{record.horizon}</code>
            </Fact>
            <Fact label="Engine">{record.engine}</Fact>
          </>
        )}
        {record && record.skipped > 0 && <Fact label="Skipped">{plural(record.skipped, "request")}</Fact>}
        {label !== null && (
          <Fact label="Label">
            <code>{label}</code>
          </Fact>
        )}
        {labelTime !== null && (
          <Fact label="Label time">
            <code>{labelTime}</code>
          </Fact>
        )}
        {split !== null && (
          <Fact label="Split">
            <code>{split}</code>
          </Fact>
        )}
        {splitByTime && (
          <Fact label="Split">
            <code>{splitByTime.column}</code>: {describeTimeSplit(splitByTime)}
          </Fact>
        )}
        {frozenSets.length > 0 && (
          <Fact label="Frozen sets">
            {frozenSets.map((set, index) => (
              <Fragment key={nameOfVersion(set)}>
                {index > 0 && ", "}
                <Link href={datasetHref(set.dataset, set.digest)}>{nameOfVersion(set)}</Link>
              </Fragment>
            ))}
          </Fact>
        )}
        {note && <Fact label="Note">{note}</Fact>}
        <Fact label="Created by">
          {createdBy}, <RelativeTime at={createdAt} />
        </Fact>
        <Fact label="ID">
          <Copied value={set.id} label="Copy the ID" />
        </Fact>
      </dl>
    </Panel>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Copied({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.copied}>
      <code>{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
