import { requireContext, runtime } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { featureViewHref, keyOfSegment } from "#components/develop/addresses/feature-view-href.ts";
import { KeyHistoryTable } from "#components/develop/features/key-history-table.tsx";
import { isOtherRow, KeyValuesTable } from "#components/develop/features/key-values-table.tsx";
import { LookUpKey } from "#components/develop/features/look-up-key.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { DomainError } from "#server/base/errors.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import { getFeatureView } from "#server/develop/features/definitions/queries.ts";
import type { KeyMoment, KeyRows } from "#server/develop/features/keys/contract.ts";

type Props = PageProps<"/features/[view]/keys/[[...key]]">;

export async function generateMetadata({ params }: Props) {
  const { view, key } = await read(params);
  return { title: `${key.join(", ") || "The row"}, ${view}, Features` };
}

export default async function FeatureKeyPage({ params, searchParams }: Props) {
  const { view: name, key } = await read(params);
  const { at: asked } = await searchParams;
  const at = typeof asked === "string" && asked.trim() !== "" ? asked.trim() : undefined;
  const ctx = await requireContext();
  const view = await found(getFeatureView(ctx, name));
  const entities = view.current.entities.map(({ joinKey, type }) => ({ name: joinKey, type }));
  const label = entities.map((entity, place) => `${entity.name} ${key[place] ?? "?"}`).join(", ") || "The row";
  const result = await readRows(view, key, at);
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: name, href: featureViewHref(name) },
        { label: label },
      ]}
      live
    >
      <LiveRefresh topics={["features"]} id={name} everyMs={30_000} />
      <PageHead
        help="feature-store#look-up-a-key"
        title={label}
        context={`of ${name} v${view.current.version}`}
        actions={<LookUpKey views={[{ name, keys: entities }]} view={name} keys={key} at={at} />}
        sentence={"rows" in result ? <Sentence rows={result.rows} /> : undefined}
      />
      {"rows" in result ? (
        <Rows rows={result.rows} />
      ) : (
        <Panel>
          <FailedState title="Could not look up the key">{result.problem}</FailedState>
        </Panel>
      )}
    </Page>
  );

  /** Reads the rows, or says what is wrong with the key or the time. */
  async function readRows(
    { current }: FeatureView,
    values: string[],
    time: string | undefined,
  ): Promise<{ rows: KeyRows } | { problem: string }> {
    const wanted = current.entities.length;
    if (values.length !== wanted) {
      return {
        problem: `The view has ${plural(wanted, "join key")}; the address has ${plural(values.length, "value")}.`,
      };
    }
    const keys = Object.fromEntries(current.entities.map(({ joinKey }, place) => [joinKey, values[place]]));
    try {
      return { rows: await runtime().readKeyRows(ctx, { view: name, keys, ...(time !== undefined && { at: time }) }) };
    } catch (error) {
      if (error instanceof DomainError && error.code !== "forbidden") return { problem: error.message };
      throw error;
    }
  }
}

async function read(params: Props["params"]): Promise<{ view: string; key: string[] }> {
  const { view, key = [] } = await params;
  return { view: decodeURIComponent(view), key: key.map(keyOfSegment) };
}

function Rows({ rows }: { rows: KeyRows }) {
  const { now, asOf, knownNow, history, needRequest } = rows;
  return (
    <>
      <Panel
        title="Values"
        subtitle={
          needRequest.length > 0 ? `without ${needRequest.join(", ")}: values of a request are missing` : undefined
        }
        flush
      >
        <KeyValuesTable rows={rows} />
      </Panel>
      <Panel title="Source rows" subtitle="as of a time: only rows that had arrived by then count">
        <dl className="lw-facts">
          {asOf && <RowFacts label="As of that time" moment={asOf} />}
          {isOtherRow(asOf, knownNow) && knownNow && <RowFacts label="Known today" moment={knownNow} />}
          <RowFacts label="Now" moment={now} />
        </dl>
      </Panel>
      <Panel title="History" flush>
        {history.length === 0 ? (
          <EmptyState title="No row of this key has arrived yet" />
        ) : (
          <KeyHistoryTable rows={rows} />
        )}
      </Panel>
    </>
  );
}

function RowFacts({ label, moment }: { label: string; moment: KeyMoment }) {
  const { at, eventAt, createdAt, arrivedAt, ageUs, version } = moment;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {eventAt === null || createdAt === null || ageUs === null ? (
          <>
            no row at <Moment at={at / 1000} />
          </>
        ) : (
          <>
            event <Moment at={eventAt / 1000} />, created <Moment at={createdAt / 1000} />
            {arrivedAt !== null && (
              <>
                , arrived <Moment at={arrivedAt / 1000} />
              </>
            )}
            ; {formatDuration(ageUs / 1000)} old at <Moment at={at / 1000} />
            {version !== null && `, written by v${version}`}
          </>
        )}
      </dd>
    </>
  );
}

function Sentence({ rows: { now, asOf, knownNow, ttlUs, keys } }: { rows: KeyRows }) {
  if (keys.some(({ value }) => value === null)) return "A key with a missing value has no row.";
  if (now.eventAt === null || now.ageUs === null)
    return "No row of this key has arrived, so look-ups return an unknown key.";
  const isStale = ttlUs !== null && now.ageUs > ttlUs;
  return (
    <>
      The newest event was <RelativeTime at={now.eventAt / 1000} />
      {isStale ? `, over the limit of ${formatDuration(ttlUs / 1000)}.` : "."}
      {isOtherRow(asOf, knownNow) && " The value known today for that time differs from what a look-up found then."}
    </>
  );
}
