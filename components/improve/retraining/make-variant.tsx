"use client";

import { Button, NativeSelect } from "@mantine/core";
import { IconArrowsMinimize } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { cycleHref } from "./addresses.ts";

interface MakeVariantProps {
  model: string;
  /** Version that serves, of which a variant is made. */
  version: number;
  /** Names of the workspace's job templates. */
  templates: readonly string[];
  make: (input: {
    model: string;
    version: number;
    template: string | null;
    reason: string;
  }) => Promise<ActionState<{ number: number }>>;
  actorName: string;
  /** Why the caller cannot. */
  why: string | undefined;
}

/** Renders the button that makes a cheaper variant of the version that serves, and rolls it out if it is as good. */
export function MakeVariant({ model, version, templates, make, actorName, why }: MakeVariantProps) {
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);
  const [template, setTemplate] = useState("");
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={why !== undefined}
        title={why}
        onClick={() => setIsOpen(true)}
        leftSection={<IconArrowsMinimize size={14} stroke={1.8} aria-hidden="true" />}
      >
        Create variant…
      </Button>
      <ConfirmWithReason
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Create a variant of ${model} v${version}?`}
        consequences={[
          { label: "Trains", value: "a job on the newest data of the retraining policy" },
          {
            label: "Next",
            value: "no worse on the frozen set, gates, canary; then it replaces the deployed version",
          },
          { label: "Undo", value: "stop the cycle at any step; production is unchanged until the canary" },
        ]}
        reasons={["Cost", "Latency", "Memory"]}
        confirmLabel="Create variant"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await make({ model, version, template: template || null, reason });
          if (!result.ok || !result.data) return result.error ?? "Could not start a cycle. Reload the page to see why.";
          toast.done(`Cycle ${result.data.number} of ${model} has started.`);
          router.push(cycleHref(model, result.data.number));
          return undefined;
        }}
      >
        <NativeSelect
          label="Program"
          value={template}
          onChange={(event) => setTemplate(event.currentTarget.value)}
          data={[
            { value: "", label: "Quantise to int8 (built in)" },
            ...templates.map((name) => ({ value: name, label: name })),
          ]}
        />
      </ConfirmWithReason>
    </>
  );
}
