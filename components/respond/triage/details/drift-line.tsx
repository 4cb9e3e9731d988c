import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { driftHref } from "#components/watch/monitoring/drift/addresses.ts";
import { problemLabels } from "#components/watch/monitoring/drift/drift-labels.ts";
import type { Chosen } from "../board-types.ts";

/** Shows the drift of the endpoint in its newest window, or why it is unknown. */
export function DriftLine({ drift }: { drift: Chosen["drift"] }) {
  if (!drift) return <span>Drift: this item is not linked to an endpoint.</span>;
  const { endpoint, window, problem } = drift;
  return (
    <span data-prose>
      <Link href={driftHref({ endpoint })}>Drift</Link>:{" "}
      {window ? (
        <>
          {window.verdict.words} {window.first && <code>{window.first}</code>}
          <span className="lw-quiet">
            {" "}
            {window.length} from <RelativeTime at={window.start} />
          </span>
        </>
      ) : (
        problemLabels[problem ?? "no-rows"].short
      )}
    </span>
  );
}
