import { IconClock, IconFilter } from "@tabler/icons-react";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { integrityRanges } from "#server/watch/monitoring/integrity/contract.ts";
import { dataHref, type IntegrityView, rangeLabels } from "./data-view.ts";

interface DataMenusProps {
  endpoint: string;
  view: IntegrityView;
  segments: readonly string[];
}

/** Selects the time range and the segment, both stored in the URL. */
export function DataMenus({ endpoint, view, segments }: DataMenusProps) {
  return (
    <>
      {segments.length > 0 && (
        <ChoiceMenu
          icon={<IconFilter size={15} stroke={1.7} aria-hidden="true" />}
          chosen={view.segment || "All rows"}
          choices={["", ...segments].map((segment) => ({
            label: segment || "All rows",
            href: dataHref(endpoint, view, { segment }),
          }))}
        />
      )}
      <ChoiceMenu
        icon={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
        chosen={`Last ${rangeLabels[view.range]}`}
        choices={integrityRanges.map((range) => ({
          label: `Last ${rangeLabels[range]}`,
          href: dataHref(endpoint, view, { range }),
        }))}
      />
    </>
  );
}
