import { IconFilter } from "@tabler/icons-react";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { dataHref, type IntegrityView } from "./data-view.ts";

interface DataMenusProps {
  endpoint: string;
  view: IntegrityView;
  segments: readonly string[];
}

/** Selects the segment, which the URL stores. */
export function DataMenus({ endpoint, view, segments }: DataMenusProps) {
  if (segments.length === 0) return null;
  return (
    <ChoiceMenu
      icon={<IconFilter size={15} stroke={1.7} aria-hidden="true" />}
      chosen={view.segment || "All rows"}
      choices={["", ...segments].map((segment) => ({
        label: segment || "All rows",
        href: dataHref(endpoint, view, { segment }),
      }))}
    />
  );
}
