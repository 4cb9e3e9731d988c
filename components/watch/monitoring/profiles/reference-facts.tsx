import { formatCount, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ReferenceProfile } from "#server/watch/monitoring/profiles/contract.ts";
import { describeCalibration, describeSource, qualityFacts } from "./reference-text.ts";
import classes from "./references.module.css";

/** Shows the source of the reference in effect, and the quality of the version on it. */
export function ReferenceFacts({ reference }: { reference: ReferenceProfile }) {
  const quality = qualityFacts(reference);
  return (
    <dl className="lw-facts">
      <dt>Source</dt>
      <dd>
        {plural(reference.rows ?? 0, "row")}, {describeSource(reference)}
      </dd>
      <dt>Created</dt>
      <dd>
        {reference.finishedAt && <RelativeTime at={reference.finishedAt} />}, requested by {reference.createdBy}{" "}
        {reference.reason && `: ${reference.reason}`}
      </dd>
      <dt>Quality on the reference</dt>
      <dd>
        {quality.length > 0 ? (
          <span className="lw-number">
            {quality.map(({ name, value }) => `${name} ${value}`).join(" · ")}
            <span className="lw-quiet"> from {formatCount(reference.quality?.labelled)} labelled rows</span>
          </span>
        ) : (
          <span className="lw-muted">–: no label column</span>
        )}
      </dd>
      <dt>Calibration</dt>
      <dd>{describeCalibration(reference)}</dd>
      {reference.notes.length > 0 && (
        <>
          <dt>Unavailable</dt>
          <dd>
            <ul className={classes.notes}>
              {reference.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </dd>
        </>
      )}
    </dl>
  );
}
