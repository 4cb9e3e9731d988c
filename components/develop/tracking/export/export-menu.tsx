"use client";

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { plural } from "#components/ui/format.ts";
import { exportHref } from "./export-href.ts";

interface ExportMenuProps {
  experimentId: number;
  filter: string;
  sort: { column: string; descending: boolean };
  columns: readonly string[];
  /** Number of runs that match the filter. */
  found: number;
}

/** Renders the menu that exports all runs that the filter finds as a file, across all pages. */
export function ExportMenu({ found, columns, ...question }: ExportMenuProps) {
  const item = (format: "csv" | "parquet", label: string, chosen?: readonly string[]) => (
    <Menu.Item component="a" href={exportHref({ ...question, format, columns: chosen })} download>
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{plural(found, "run")}, visible columns</Menu.Label>
        {item("csv", "CSV", columns)}
        {item("parquet", "Parquet", columns)}
        <Menu.Label>All parameters, metrics and tags</Menu.Label>
        {item("csv", "CSV, all columns")}
        {item("parquet", "Parquet, all columns")}
      </Menu.Dropdown>
    </Menu>
  );
}
