"use client";

import { Button, Modal } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RerunCheck, RerunJob } from "#server/improve/training/reproducibility/contract.ts";
import { jobHref } from "../addresses.ts";

interface RerunExactlyProps {
  job: { id: string; name: string };
  check: (id: string) => Promise<ActionState<RerunCheck>>;
  rerun: (input: RerunJob) => Promise<ActionState<{ id: string; name: string }>>;
  /** Why this user may not submit jobs. */
  why: string | undefined;
  /** Whether the page was opened to ask. */
  isAsked: boolean;
}

/** Renders the button that runs a job again exactly as it ran, also by X, and says before what is gone and what is not checked. */
export function RerunExactly({ job, check, rerun, why, isAsked }: RerunExactlyProps) {
  const router = useRouter();
  const [opened, setOpened] = useState(isAsked && why === undefined);
  const ask = () => setOpened(true);
  usePageKey(why === undefined ? "X" : undefined, ask);
  const close = () => {
    setOpened(false);
    if (isAsked) router.replace(jobHref(job.id), { scroll: false });
  };
  return (
    <>
      <Button
        variant="default"
        disabled={why !== undefined}
        title={why}
        onClick={ask}
        rightSection={<Keys keys={["X"]} />}
      >
        Re-run exactly…
      </Button>
      <Modal opened={opened} onClose={close} title={`Re-run ${job.name} exactly?`} size={520}>
        {opened && <Body job={job} check={check} rerun={rerun} onClose={close} />}
      </Modal>
    </>
  );
}

function Body({
  job,
  check,
  rerun,
  onClose,
}: Pick<RerunExactlyProps, "job" | "check" | "rerun"> & { onClose: () => void }) {
  const router = useRouter();
  const checked = useAction(check);
  const submitted = useAction(rerun);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the dialog opens
  useEffect(() => checked.run(job.id), [job.id]);
  const found = checked.state.data;
  const cannot = !found || found.gone.length > 0;
  return (
    <div className={dialog.body}>
      <FormProblem state={checked.state.ok ? submitted.state : checked.state} />
      <p>The same command, parameters, seed, data, package and engine. When it has finished, both jobs are compared.</p>
      {!found && !checked.state.error && <p className="lw-muted">Checking what the job needs…</p>}
      {found && found.gone.length > 0 && (
        <section aria-label="No longer available">
          <p>
            <StatusBadge state="missed">Cannot be re-run exactly</StatusBadge>
          </p>
          <ul>
            {found.gone.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      {found && (
        <section aria-label="What is not checked">
          <p className="lw-muted">
            {found.gone.length === 0
              ? "Everything that Leeway recorded is still available. Not checked:"
              : "Not checked:"}
          </p>
          <ul className="lw-muted">
            {found.unchecked.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          disabled={cannot}
          aria-disabled={submitted.busy}
          data-autofocus
          onClick={() =>
            submitted.run({ job: job.id, exact: true }, ({ id, name }) => {
              toast.done(`Submitted ${name} again.`);
              router.push(jobHref(id));
            })
          }
        >
          {submitted.busy ? "Submitting…" : "Re-run exactly"}
        </Button>
      </div>
    </div>
  );
}
