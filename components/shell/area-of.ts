import { allNavItems } from "./nav-items.ts";

interface Area {
  label: string;
  href: string;
}

/** Lists that are no place of the sidebar. */
const lists: Area[] = [
  { label: "Training sets", href: "/training-sets" },
  { label: "Materialisations", href: "/features/materialisations" },
  { label: "Feature services", href: "/features/services" },
  { label: "Training engines", href: "/jobs/engines" },
  { label: "Job templates", href: "/jobs/templates" },
  { label: "Sweeps", href: "/jobs/sweeps" },
  { label: "Webhooks", href: "/settings/webhooks" },
  { label: "Import and export", href: "/settings/transfer" },
];

/** Returns the list page above an address, for the link back from a missing page; undefined for a list itself or outside all areas. */
export function areaOf(path: string): Area | undefined {
  return [...lists, ...allNavItems].find(({ href }) => path.startsWith(`${href}/`));
}
