"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { trainingSetHref } from "../../addresses/training-set-href.ts";

interface RepeatTrainingSetProps {
  id: string;
  repeat: (id: string) => Promise<ActionState<{ id: string }>>;
  label: string;
  /** Said once it was requested. */
  done: string;
  why: string | undefined;
}

/** Requests a training set again, and opens the new one. */
export function RepeatTrainingSet({ id, repeat, label, done, why }: RepeatTrainingSetProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(repeat);
  return (
    <>
      {state.error && (
        <span className="lw-small" role="alert">
          {state.error}
        </span>
      )}
      <Button
        variant="default"
        disabled={why !== undefined}
        title={why}
        aria-disabled={busy}
        onClick={() =>
          run(id, (made) => {
            toast.done(done);
            router.push(trainingSetHref(made.id));
          })
        }
      >
        {busy ? "Requesting…" : label}
      </Button>
    </>
  );
}
