"use client";

import { Button, Select, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useComplaints } from "#components/ui/use-complaints.ts";
import type { MarkExpected } from "#server/watch/monitoring/expected/contract.ts";

interface MarkExpectedButtonProps {
  endpointId: string;
  endpoint: string;
  features: string[];
  /** Currently shown feature. */
  current: string | undefined;
  evidence: string | undefined;
  actorName: string;
  action: (input: MarkExpected) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Says that the drift of a feature is expected, until an end or the next reference. */
export function MarkExpectedButton(props: MarkExpectedButtonProps) {
  const { endpointId, endpoint, features, current, action } = props;
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [until, setUntil] = useState("");
  const { complaints, refused, reset } = useComplaints((field) => field === "feature" || field === "until");
  const feature = chosen ?? current ?? features[0] ?? null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconCheck size={15} stroke={1.7} aria-hidden="true" />}
        disabled={props.why !== undefined || features.length === 0}
        title={props.why}
        onClick={() => {
          reset();
          setChosen(null);
          setOpened(true);
        }}
      >
        Mark as expected…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Expect drift of ${feature ?? "a feature"} on ${endpoint}?`}
        evidence={feature === current ? props.evidence : undefined}
        consequences={[
          { label: "Alerts", value: "Still measured and shown, but opens no tickets." },
          { label: "Drift budget", value: "Hours with drift in this feature are excluded." },
          {
            label: "Expires",
            value: until ? "at the end of the selected day" : "when the next reference takes effect",
          },
          { label: "Undo", value: "Undo this at any time on this page." },
        ]}
        reasons={["Known upstream change", "A season", "A campaign"]}
        confirmLabel="Mark as expected"
        cancelLabel="Cancel"
        actorName={props.actorName}
        onConfirm={async (reason) => {
          if (!feature) return "Select a feature.";
          const end = until ? new Date(`${until}T23:59:59`) : null;
          const result = await action({ endpointId, feature, until: end, reason });
          if (!result.ok) return refused(result);
          toast.done(`Drift of ${feature} marked as expected.`);
          void refresh();
          return undefined;
        }}
      >
        <Select
          label="Feature"
          data={features}
          value={feature}
          onChange={setChosen}
          searchable
          allowDeselect={false}
          error={complaints.feature}
        />
        <TextInput
          label="Until"
          description="Leave empty to expect it until the next reference."
          type="date"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={complaints.until}
        />
      </ConfirmWithReason>
    </>
  );
}
