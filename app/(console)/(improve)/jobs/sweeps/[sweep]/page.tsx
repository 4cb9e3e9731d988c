import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { engineHref, templateHref } from "#components/improve/training/addresses.ts";
import { StopSweep } from "#components/improve/training/sweeps/stop-sweep.tsx";
import { BestPanel, ImportancePanel, RungsPanel } from "#components/improve/training/sweeps/sweep-panels.tsx";
import { SweepState } from "#components/improve/training/sweeps/sweep-state.tsx";
import { describeKind, describeSweep } from "#components/improve/training/sweeps/sweep-text.ts";
import { SweepTrials } from "#components/improve/training/sweeps/sweep-trials.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { getSweep } from "#server/improve/training/sweeps/queries.ts";
import { stopSweepAction } from "../../actions.ts";
import { sweepId } from "./sweep-id.ts";

type Props = PageProps<"/jobs/sweeps/[sweep]">;

export async function generateMetadata({ params }: Props) {
  const sweep = await found(getSweep(await requireContext(), sweepId((await params).sweep)));
  return { title: `${sweep.name}, Sweeps` };
}

export default async function SweepPage({ params }: Props) {
  const ctx = await requireContext();
  const sweep = await found(getSweep(ctx, sweepId((await params).sweep)));
  const { id, name, state, spec, engine, template, list, trials, counts } = sweep;
  const isRunning = state === "running";
  return (
    <Page live crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Sweeps", href: "/jobs/sweeps" }, { label: name }]}>
      <LiveRefresh topics={["training"]} {...((isRunning || counts.open > 0) && { everyMs: 10_000 })} />
      <PageHead
        title={name}
        help="training#sweeps"
        badges={<SweepState state={state} filled />}
        context={
          <>
            <span>{describeKind(spec)}</span>
            {engine !== null && (
              <span>
                on <Link href={engineHref(engine)}>{engine}</Link>
              </span>
            )}
            {template !== null && (
              <span>
                template <Link href={templateHref(template)}>{template}</Link>
              </span>
            )}
            <span>by {sweep.createdBy}</span>
          </>
        }
        sentence={describeSweep(sweep)}
        actions={
          isRunning && (
            <StopSweep
              sweep={{ id, name, open: counts.open, left: trials - list.length }}
              stop={stopSweepAction}
              actorName={ctx.actor.name}
              why={denialReason(ctx.actor.role, "stopSweep")}
            />
          )
        }
      />
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <SweepTrials list={list} spec={spec} importance={sweep.importance} best={sweep.best} trials={trials} />
        </Stack>
        <Stack>
          <BestPanel sweep={sweep} />
          <ImportancePanel sweep={sweep} />
          <RungsPanel sweep={sweep} />
        </Stack>
      </Columns>
    </Page>
  );
}
